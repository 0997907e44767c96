-- Whose time has passed: what became of it, under which rule. The row in submissions stays with its
-- hashes, so that the chain of receipts can be recomputed.
CREATE TABLE retained (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    then_what TEXT NOT NULL CHECK (then_what IN ('anonymised', 'removed')),
    rule TEXT NOT NULL, -- JSON: of the manifest, as it was
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT, WITHOUT ROWID;
