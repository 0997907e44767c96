-- What an office asked to be completed, and what came. The submission itself is never changed: this
-- is a record of its own, whose hash stands in the audit chain.
CREATE TABLE case_completions (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    asked_at_us INTEGER NOT NULL,
    asked TEXT NOT NULL, -- JSON: [{"field", "reason"}]
    actor TEXT NOT NULL, -- the clerk who asked
    answered_at_us INTEGER,
    changes TEXT, -- canonical JSON: [{"field", "before", "after"}]; a member is left out for none
    hash TEXT, -- SHA-256 of changes
    answers TEXT, -- canonical JSON: all of them as they are then
    facts TEXT,
    computed TEXT,
    filed_place BLOB, -- WKB that the submission was filed with, where this changed it
    PRIMARY KEY (tenant, number, sequence),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
