-- Keys of the city's own systems: what each may do in one agenda. Only their hashes are kept.
CREATE TABLE api_tokens (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- shown in lists and in the audit trail
    hash BLOB NOT NULL, -- SHA-256 of the token
    name TEXT NOT NULL, -- which system has it
    agenda TEXT NOT NULL,
    right_name TEXT NOT NULL, -- 'records'
    made_by TEXT NOT NULL,
    made_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (tenant, hash);
