-- Who people are: what they say of themselves, and the office that compared it with a document. One
-- row for each account; verified_at_us of accounts stands while this stands.
CREATE TABLE identities (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    birth_date TEXT NOT NULL, -- ISO date
    address TEXT NOT NULL,
    asked_at_us INTEGER NOT NULL,
    code TEXT NOT NULL, -- what the person shows at the counter; '' once it was used
    code_until_us INTEGER NOT NULL,
    verified_at_us INTEGER, -- NULL: not yet, or withdrawn
    until_us INTEGER,
    office TEXT NOT NULL DEFAULT '',
    clerk TEXT NOT NULL DEFAULT '',
    document TEXT NOT NULL DEFAULT '', -- "id_card", "passport", "residence"
    document_last TEXT NOT NULL DEFAULT '', -- its last characters, no more
    ended TEXT NOT NULL DEFAULT '', -- why it was withdrawn
    PRIMARY KEY (tenant, account),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX identities_code ON identities (tenant, code)
    WHERE code <> '';
CREATE INDEX identities_waiting ON identities (tenant, asked_at_us)
    WHERE code <> '';
CREATE INDEX identities_office ON identities (tenant, office, verified_at_us)
    WHERE office <> '';
