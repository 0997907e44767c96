-- Values of parameters that an admin has set from a day on: inserted once, never changed; one that is
-- not in force yet can be withdrawn. They lie here and not in epo.json, so that each is on record and
-- a backup has them.
CREATE TABLE parameter_changes (
    tenant TEXT NOT NULL,
    version INTEGER NOT NULL, -- from 1, over all agendas
    agenda TEXT NOT NULL,
    district TEXT NOT NULL, -- code; '' the whole city
    name TEXT NOT NULL, -- of the parameter
    value TEXT NOT NULL, -- JSON
    reason_cs TEXT NOT NULL,
    reason_en TEXT NOT NULL, -- may be ''
    decree TEXT NOT NULL, -- its number, may be ''
    decree_day TEXT NOT NULL, -- ISO date or ''
    decree_url TEXT NOT NULL,
    from_day TEXT NOT NULL, -- ISO date
    until_day TEXT NOT NULL, -- ISO date or '': the last day
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account
    actor_name TEXT NOT NULL,
    PRIMARY KEY (tenant, version)
) STRICT;
CREATE INDEX parameter_changes_agenda ON parameter_changes (tenant, agenda, version);

CREATE TABLE parameter_withdrawals (
    tenant TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    PRIMARY KEY (tenant, version),
    FOREIGN KEY (tenant, version) REFERENCES parameter_changes (tenant, version)
) STRICT;
