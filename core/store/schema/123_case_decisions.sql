-- Decisions issued about a case; the document is an attachment of "decision/<number>/<sequence>".
CREATE TABLE case_decisions (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    document TEXT NOT NULL, -- its own number: "2026-000123/1"
    title TEXT NOT NULL,
    file TEXT NOT NULL, -- attachment
    sha256 TEXT NOT NULL, -- of the document; stands in the audit chain too
    appeal_days INTEGER NOT NULL, -- 0: no appeal
    issued_at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    office TEXT NOT NULL,
    PRIMARY KEY (tenant, number, sequence),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
