-- Cases that tell of the same thing as another one: what becomes of that one becomes of them. Rows
-- here have no rows of their own; a case that leads others is led by none.
CREATE TABLE merged (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    state_before TEXT NOT NULL, -- where it goes back to when it is set apart again
    actor TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number),
    FOREIGN KEY (tenant, lead) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_lead ON merged (tenant, lead, number);
