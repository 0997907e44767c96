-- One index for all lists of the desk, in place of those by office and by state: cases of an office in
-- a state by age, with what the filters look at, so that they are judged without reading the case.
DROP INDEX IF EXISTS cases_office;
DROP INDEX IF EXISTS cases_state;
CREATE INDEX cases_desk ON cases (tenant, office, state, number, due, agenda, district);

-- Who has taken a case; no row: nobody yet.
CREATE TABLE assignments (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    account TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_account ON assignments (tenant, account, number);

-- Who took or passed a case, and the words that went with it: for clerks, never for the sender.
CREATE TABLE handovers (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account
    to_account TEXT NOT NULL, -- '' nobody: whoever of the office takes it
    from_office TEXT NOT NULL,
    to_office TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tenant, number, sequence),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
