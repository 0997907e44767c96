-- E-mails that wait to be sent: a row goes when its message has been handed over, for it may hold a
-- link that opens an account.
CREATE TABLE mails (
    tenant TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    address TEXT NOT NULL,
    lang TEXT NOT NULL,
    kind TEXT NOT NULL, -- texts "mail.<kind>.subject" and "mail.<kind>.text"
    content TEXT NOT NULL, -- JSON: what stands for {name} in them
    object TEXT NOT NULL, -- whom or what it is about, for the audit trail
    made_at_us INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (tenant, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX mails_due ON mails (tenant, due_at_us);
