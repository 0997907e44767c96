-- Filters of the desk that clerks gave names to, for themselves or for all of their office.
CREATE TABLE desk_views (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- 130 random bits
    account TEXT NOT NULL, -- who made it
    office TEXT NOT NULL, -- whose clerks see it too; '*' those of the whole city, '' nobody else
    name TEXT NOT NULL,
    filter TEXT NOT NULL, -- the query of the desk's address, encoded
    made_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX desk_views_account ON desk_views (tenant, account, name);
CREATE INDEX desk_views_office ON desk_views (tenant, office)
    WHERE office <> '';
