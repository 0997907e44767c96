-- Definitions of forms that an admin published from the browser; the last one wins over the agenda's
-- file. They lie here and not in the agenda's folder, so that a backup holds them with what was filed
-- under them, and a new program or agenda does not overwrite them.
CREATE TABLE form_edits (
    tenant TEXT NOT NULL,
    agenda TEXT NOT NULL,
    form TEXT NOT NULL,
    version INTEGER NOT NULL, -- from 1
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account
    actor_name TEXT NOT NULL,
    note TEXT NOT NULL, -- what was changed and why
    definition TEXT NOT NULL, -- as it was typed; '' the agenda's own file again
    PRIMARY KEY (tenant, agenda, form, version)
) STRICT;
