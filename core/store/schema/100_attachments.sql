-- Files that people send. A row lies first without an owner, for a limited time; what refers to it (a
-- submission, a message, a decision) claims it in its own save and is the only one ever to have it.
CREATE TABLE attachments (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- 130 random bits
    owner TEXT NOT NULL, -- 'submission/2026-000123'; '' while nothing refers to it
    name TEXT NOT NULL, -- as it is offered for saving, cleaned
    type TEXT NOT NULL, -- media type by its content
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    made_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL, -- of one without an owner; 0 of the others
    content BLOB NOT NULL -- last: the rest is read without it
) STRICT;
CREATE UNIQUE INDEX attachments_id ON attachments (tenant, id);
CREATE INDEX attachments_owner ON attachments (tenant, owner) WHERE owner <> '';
CREATE INDEX attachments_waiting ON attachments (tenant, expires_at_us, bytes) WHERE owner = '';
