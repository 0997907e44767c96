-- Two accounts of one person that became one: whose the other's trail is now. Written once.
CREATE TABLE account_merges (
    tenant TEXT NOT NULL,
    gone TEXT NOT NULL, -- account that was closed; its row stays, so that the trail keeps its name
    kept TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('self', 'counter')),
    by_account TEXT NOT NULL,
    office TEXT NOT NULL,
    document TEXT NOT NULL, -- what the clerk saw, or ''
    at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, gone),
    FOREIGN KEY (tenant, gone) REFERENCES accounts (tenant, id),
    FOREIGN KEY (tenant, kept) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_merges_kept ON account_merges (tenant, kept);
