-- Codes in letters: who types one links the account to the number in the agenda. The code itself is
-- not kept.
CREATE TABLE link_codes (
    tenant TEXT NOT NULL,
    seal TEXT NOT NULL, -- of the code, under the portal's secret
    agenda TEXT NOT NULL,
    person TEXT NOT NULL, -- number in the agenda
    made_at_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    clerk TEXT NOT NULL, -- account
    office TEXT NOT NULL,
    PRIMARY KEY (tenant, seal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX link_codes_person ON link_codes (tenant, agenda, person);

-- Who ended a link and why.
ALTER TABLE person_links ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE person_links ADD COLUMN ended_reason TEXT NOT NULL DEFAULT '';
