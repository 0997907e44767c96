-- How else a person may be reached, as they say themselves: filled into forms for them.
CREATE TABLE contacts (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    phone TEXT NOT NULL, -- E.164, or ''
    address TEXT NOT NULL, -- to write to, one line, or ''
    changed_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, account),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
