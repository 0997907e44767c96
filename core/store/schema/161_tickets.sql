-- Links that were mailed: each opens one thing once, until it expires. The link itself is not kept.
CREATE TABLE tickets (
    tenant TEXT NOT NULL,
    token BLOB NOT NULL, -- SHA-256 of what stands in the link
    kind TEXT NOT NULL, -- "register", "recover", "address"
    login TEXT NOT NULL, -- address that it was mailed to
    content TEXT NOT NULL, -- JSON: what it will do
    made_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_login ON tickets (tenant, login, made_at_us);
CREATE INDEX tickets_expires ON tickets (expires_at_us);

-- What an account page shows of a session: "Firefox, Windows"; the full User-Agent is not kept.
ALTER TABLE sessions ADD COLUMN about TEXT NOT NULL DEFAULT '';
