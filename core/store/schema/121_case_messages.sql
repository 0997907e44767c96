-- What the applicant and the office write to each other about a case.
CREATE TABLE case_messages (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    at_us INTEGER NOT NULL,
    office TEXT NOT NULL, -- that wrote it; '' the applicant
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    text TEXT NOT NULL,
    idempotency BLOB NOT NULL, -- SHA-256 of who, the page's key and the text
    seen_at_us INTEGER, -- when the other side opened it first
    PRIMARY KEY (tenant, number, sequence),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX case_messages_key ON case_messages (tenant, number, idempotency);
CREATE INDEX case_messages_unread ON case_messages (tenant, number) WHERE seen_at_us IS NULL;
