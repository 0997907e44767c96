-- Registers behind agendas, and what is owed and paid in them. A person has in each agenda a number
-- of its own; an account learns of it by a link alone, never by a name.
CREATE TABLE records (
    tenant TEXT NOT NULL,
    agenda TEXT NOT NULL,
    key TEXT NOT NULL,
    person TEXT NOT NULL, -- number of the person in this agenda; '' none
    kind TEXT NOT NULL, -- declared by the agenda
    data TEXT NOT NULL, -- JSON, as the fields of the kind want it
    place TEXT, -- GeoJSON, EPSG:4326
    from_day TEXT NOT NULL, -- ISO date
    until_day TEXT, -- the last one; NULL: it goes on
    changed_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, agenda, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_person ON records (tenant, agenda, person, key)
    WHERE person <> '';

-- One account has one number in an agenda at a time, and a number one account.
CREATE TABLE person_links (
    tenant TEXT NOT NULL,
    agenda TEXT NOT NULL,
    person TEXT NOT NULL,
    account TEXT NOT NULL,
    how TEXT NOT NULL, -- 'counter', 'submission', 'demo', 'shell'
    by_account TEXT NOT NULL, -- who linked it; '' the portal
    at_us INTEGER NOT NULL,
    ended_at_us INTEGER,
    PRIMARY KEY (tenant, agenda, person, account, at_us),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX person_links_account ON person_links (tenant, account, agenda)
    WHERE ended_at_us IS NULL;
CREATE UNIQUE INDEX person_links_person ON person_links (tenant, agenda, person)
    WHERE ended_at_us IS NULL;

-- Under which number something of a submission was written, also of one without an account.
CREATE TABLE case_persons (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_persons_person ON case_persons (tenant, agenda, person);

-- Double entry. Lines come first and the entry closes them: it is refused unless they sum to zero,
-- and after it no line can be added. Lines without their entry do not outlive the transaction.
CREATE TABLE ledger_entries (
    tenant TEXT NOT NULL,
    id INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('assessment', 'payment', 'remission', 'refund', 'interest', 'reversal')),
    record TEXT NOT NULL, -- key of the record it is for, or ''
    period TEXT NOT NULL, -- "2026", or ''
    day TEXT NOT NULL, -- ISO date on which it counts
    due TEXT NOT NULL, -- ISO date, or ''
    haler INTEGER NOT NULL CHECK (haler > 0),
    reference TEXT NOT NULL,
    explain TEXT NOT NULL, -- JSON array of {"key", "values"}
    reverses INTEGER, -- id of the entry that a reversal takes back
    by_account TEXT NOT NULL, -- who noted it; '' the agenda itself or the city's system
    note TEXT NOT NULL, -- why, where somebody noted it by hand
    at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    FOREIGN KEY (tenant, reverses) REFERENCES ledger_entries (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_reference ON ledger_entries (tenant, agenda, reference);
CREATE UNIQUE INDEX ledger_reversed ON ledger_entries (tenant, reverses)
    WHERE reverses IS NOT NULL;
CREATE INDEX ledger_agenda ON ledger_entries (tenant, agenda, id);
CREATE INDEX ledger_person ON ledger_entries (tenant, agenda, person, day, id);

CREATE TABLE ledger_lines (
    tenant TEXT NOT NULL,
    entry INTEGER NOT NULL,
    account TEXT NOT NULL CHECK (account IN ('receivable', 'revenue', 'bank', 'remission')),
    haler INTEGER NOT NULL CHECK (haler <> 0), -- debit above zero, credit below
    PRIMARY KEY (tenant, entry, account),
    FOREIGN KEY (tenant, entry) REFERENCES ledger_entries (tenant, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_entries_balance BEFORE INSERT ON ledger_entries
WHEN (SELECT COUNT(*) < 2 OR SUM(haler) <> 0 FROM ledger_lines
      WHERE tenant = NEW.tenant AND entry = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'ledger: the lines of an entry sum to zero');
END;
CREATE TRIGGER ledger_entries_reversal BEFORE INSERT ON ledger_entries
WHEN NEW.kind = 'reversal' AND NOT EXISTS (
    SELECT 1 FROM ledger_entries AS e
    WHERE e.tenant = NEW.tenant AND e.id = NEW.reverses AND e.kind <> 'reversal'
        AND e.agenda = NEW.agenda AND e.person = NEW.person AND e.haler = NEW.haler)
BEGIN
    SELECT RAISE(ABORT, 'ledger: a reversal takes back one whole entry of the same person');
END;
-- INSERT OR REPLACE would delete without asking the triggers below.
CREATE TRIGGER ledger_entries_once BEFORE INSERT ON ledger_entries
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE tenant = NEW.tenant AND id = NEW.id)
    OR EXISTS (SELECT 1 FROM ledger_entries
        WHERE tenant = NEW.tenant AND agenda = NEW.agenda AND reference = NEW.reference)
    OR EXISTS (SELECT 1 FROM ledger_entries
        WHERE tenant = NEW.tenant AND reverses = NEW.reverses)
BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry of this id or reference is there, or it is reversed');
END;
CREATE TRIGGER ledger_entries_kept BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry is never changed, only reversed');
END;
CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry is never deleted, only reversed');
END;
CREATE TRIGGER ledger_lines_closed BEFORE INSERT ON ledger_lines
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE tenant = NEW.tenant AND id = NEW.entry)
BEGIN
    SELECT RAISE(ABORT, 'ledger: an entry is closed, no line can be added');
END;
CREATE TRIGGER ledger_lines_kept BEFORE UPDATE ON ledger_lines
BEGIN
    SELECT RAISE(ABORT, 'ledger: a line is never changed');
END;
CREATE TRIGGER ledger_lines_stay BEFORE DELETE ON ledger_lines
BEGIN
    SELECT RAISE(ABORT, 'ledger: a line is never deleted');
END;
