-- In whose name people act. An account is a person's, or it stands for a sole trader or a company:
-- nobody signs in to such a one, people act for it by a mandate.
ALTER TABLE accounts ADD COLUMN kind TEXT NOT NULL DEFAULT 'person'
    CHECK (kind IN ('person', 'trader', 'company'));
-- A clerk who may verify identities, enter mandates and link accounts to registers, where the office
-- does that at all. Those who were there before could.
ALTER TABLE accounts ADD COLUMN identifies INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET identifies = 1 WHERE role = 'clerk';

-- What a clerk has seen in an extract of the register of companies or traders.
CREATE TABLE businesses (
    tenant TEXT NOT NULL,
    account TEXT NOT NULL,
    number TEXT NOT NULL, -- IČO
    seat TEXT NOT NULL,
    data_box TEXT NOT NULL, -- or ''
    seen_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, account),
    UNIQUE (tenant, number),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;

-- Who says to act for a business, until a clerk has compared it. Nothing of it counts before.
CREATE TABLE business_claims (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- 130 random bits
    account TEXT NOT NULL, -- who says so
    kind TEXT NOT NULL CHECK (kind IN ('trader', 'company')),
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    seat TEXT NOT NULL,
    data_box TEXT NOT NULL,
    asked_at_us INTEGER NOT NULL,
    code TEXT NOT NULL, -- what the person shows at the counter; '' once it was decided
    code_until_us INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'confirmed', 'refused', 'dropped')),
    reason TEXT NOT NULL DEFAULT '', -- of a refusal
    decided_at_us INTEGER,
    clerk TEXT NOT NULL DEFAULT '',
    office TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX business_claims_code ON business_claims (tenant, code) WHERE code <> '';
CREATE INDEX business_claims_account ON business_claims (tenant, account, asked_at_us);

-- Who may act for whom, in what, from when until when. Given by the one who is represented and
-- accepted by the other, entered at a counter from paper, or because the register says so.
CREATE TABLE mandates (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- 130 random bits
    origin TEXT NOT NULL CHECK (origin IN ('given', 'paper', 'register')),
    principal TEXT NOT NULL, -- account of who is represented
    holder TEXT NOT NULL, -- account of who acts; '' until somebody accepts
    offered_to TEXT NOT NULL, -- login that it was offered to, or ''
    rights INTEGER NOT NULL CHECK (rights BETWEEN 1 AND 3), -- 1 read, 2 file
    all_agendas INTEGER NOT NULL,
    from_day TEXT NOT NULL, -- ISO dates; the last one is included
    until_day TEXT NOT NULL, -- or ''
    made_at_us INTEGER NOT NULL,
    made_by TEXT NOT NULL, -- account: the giver, or the clerk
    office TEXT NOT NULL, -- of the clerk, or ''
    document TEXT NOT NULL, -- what the clerk saw, or ''
    accepted_at_us INTEGER,
    ended_at_us INTEGER,
    ended_by TEXT NOT NULL DEFAULT '', -- account
    ended_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, principal) REFERENCES accounts (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mandates_holder ON mandates (tenant, holder, principal) WHERE holder <> '';
CREATE INDEX mandates_principal ON mandates (tenant, principal, made_at_us);
CREATE INDEX mandates_offered ON mandates (tenant, offered_to) WHERE offered_to <> '';
CREATE INDEX mandates_office ON mandates (tenant, office, made_at_us) WHERE office <> '';
CREATE TABLE mandate_agendas (
    tenant TEXT NOT NULL,
    mandate TEXT NOT NULL,
    agenda TEXT NOT NULL,
    PRIMARY KEY (tenant, mandate, agenda),
    FOREIGN KEY (tenant, mandate) REFERENCES mandates (tenant, id)
) STRICT, WITHOUT ROWID;

-- Requests that somebody sent for another: submissions.sender is the one who is represented. Names
-- as they were then. Written once, in the same save as the request.
CREATE TABLE represented_filings (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    agent TEXT NOT NULL, -- account of who sent it
    agent_name TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX represented_filings_agent ON represented_filings (tenant, agent, number);

-- For whom a signed-in person acts now, and for whom a draft is filled in; '' oneself.
ALTER TABLE sessions ADD COLUMN acting_for TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN acting_for TEXT NOT NULL DEFAULT '';
