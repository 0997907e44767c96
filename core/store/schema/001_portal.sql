-- The portal's own tables. Times are UTC microseconds; a submission's number is one integer,
-- year * 1000000000 + sequence, so that keys stay short and sort by age.

CREATE TABLE secrets (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    secret BLOB NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('citizen', 'clerk', 'admin')),
    office TEXT NOT NULL, -- of a clerk: an office, '*' the whole city; else ''
    password TEXT NOT NULL, -- argon2id, encoded with its salt and cost
    disabled INTEGER NOT NULL DEFAULT 0,
    verified_at_us INTEGER, -- identity seen at an office
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, login)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    tenant TEXT NOT NULL,
    token BLOB NOT NULL, -- SHA-256 of the cookie
    account TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    seen_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL, -- the absolute end; idling ends it sooner
    PRIMARY KEY (tenant, token),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (tenant, account);
CREATE INDEX sessions_expires ON sessions (expires_at_us);

-- What was sent: inserted once, never changed. The chain of receipts runs through it.
CREATE TABLE submissions (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    received_at_us INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    form TEXT NOT NULL,
    form_version TEXT NOT NULL,
    lang TEXT NOT NULL,
    answers TEXT NOT NULL, -- canonical JSON
    answers_hash TEXT NOT NULL,
    facts TEXT NOT NULL, -- JSON: what the map said about each place then
    computed TEXT NOT NULL, -- JSON: computed values and their explanations
    parameters TEXT NOT NULL, -- JSON: the settings they were computed under
    place_field TEXT NOT NULL, -- '' without a place
    place_hash TEXT NOT NULL, -- '' without a place
    sender TEXT NOT NULL, -- account or ''
    idempotency BLOB, -- SHA-256 of agenda, form and Idempotency-Key
    receipt TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT;
CREATE UNIQUE INDEX submissions_idempotency ON submissions (tenant, idempotency)
    WHERE idempotency IS NOT NULL;
CREATE INDEX submissions_sender ON submissions (tenant, sender, number) WHERE sender <> '';

-- Where it is (the place that routes it): metres of EPSG:5514, and the map it was measured on.
CREATE TABLE locations (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    field TEXT NOT NULL,
    kind INTEGER NOT NULL, -- 1 point, 2 line, 3 area
    geometry BLOB NOT NULL, -- WKB, EPSG:5514
    anchor_x REAL NOT NULL,
    anchor_y REAL NOT NULL,
    area_m2 REAL NOT NULL,
    length_m REAL NOT NULL,
    district TEXT NOT NULL,
    map_version TEXT NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT, WITHOUT ROWID;

-- How it is being handled.
CREATE TABLE cases (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    form TEXT NOT NULL,
    title TEXT NOT NULL,
    place_text TEXT NOT NULL, -- nearest address or parcel, for lists
    search TEXT NOT NULL, -- title and place, folded
    state TEXT NOT NULL,
    district TEXT NOT NULL,
    office TEXT NOT NULL,
    due TEXT, -- ISO date
    received_at_us INTEGER NOT NULL,
    changed_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_office ON cases (tenant, office, number);
CREATE INDEX cases_state ON cases (tenant, office, state, number);

-- Each move of a case; its receiving is the submission itself.
CREATE TABLE case_events (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    at_us INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    office TEXT NOT NULL,
    PRIMARY KEY (tenant, number, sequence),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;

-- Who did or saw what; each row's hash covers the row before.
CREATE TABLE audit (
    tenant TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account id, 'shell', or '' for a visitor
    action TEXT NOT NULL, -- "case.viewed", "submission.filed"
    object TEXT NOT NULL, -- a number, an account id
    detail TEXT NOT NULL, -- codes only, never answers
    hash BLOB NOT NULL,
    PRIMARY KEY (tenant, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_object ON audit (tenant, object, sequence);

-- Notices that wait to be sent: sequence 0 is the filing, n the n-th move.
CREATE TABLE outbox (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    sent_at_us INTEGER,
    PRIMARY KEY (tenant, number, sequence)
) STRICT, WITHOUT ROWID;
