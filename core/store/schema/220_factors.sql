-- What an account shows beside its password: codes of an app, codes on paper for when the app is gone, passkeys.
CREATE TABLE totps (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    secret BLOB NOT NULL, -- RFC 6238, 20 bytes
    last_step INTEGER NOT NULL, -- of the last code that was taken: none is taken twice
    made_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, account),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_codes (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    code BLOB NOT NULL, -- SHA-256 of 120 random bits; the row goes when it is used
    PRIMARY KEY (tenant, account, code),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE passkeys (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- what pages name it by
    account TEXT NOT NULL,
    credential BLOB NOT NULL, -- the authenticator's id of it
    name TEXT NOT NULL, -- as its owner calls it
    algorithm INTEGER NOT NULL, -- COSE: -7 ES256, -257 RS256, -8 EdDSA
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL, -- of signatures, as the authenticator said last; 0: it does not count
    made_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX passkeys_credential ON passkeys (tenant, credential);
CREATE INDEX passkeys_account ON passkeys (tenant, account);

-- What waits for a second proof, for minutes, opened once by a cookie of the same browser: a sign-in whose password was
-- right, a question to a passkey.
CREATE TABLE proofs (
    tenant TEXT NOT NULL,
    token BLOB NOT NULL, -- SHA-256 of the cookie
    kind TEXT NOT NULL, -- "second", "passkey"
    account TEXT NOT NULL, -- '' where nobody is known yet
    content TEXT NOT NULL, -- JSON
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX proofs_expires ON proofs (expires_at_us);

-- When the owner last proved to be the owner: what is delicate asks again after a while.
ALTER TABLE sessions ADD COLUMN proved_at_us INTEGER NOT NULL DEFAULT 0;
