-- What is to count from a day on: another definition of a form, or another folder of an agenda (a copy
-- under versions/ of the portal's folder). At midnight of that day it is tried and takes the place of
-- what served, or the old one goes on and the row says why.
CREATE TABLE publications (
    tenant TEXT NOT NULL,
    id INTEGER NOT NULL, -- from 1
    agenda TEXT NOT NULL,
    form TEXT NOT NULL, -- id; '' a folder
    definition TEXT NOT NULL, -- of the form, as it was typed
    folder TEXT NOT NULL, -- below the portal's folder; '' a form
    note TEXT NOT NULL, -- what is changed and why
    from_day TEXT NOT NULL, -- ISO date
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account or 'shell'
    actor_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'live', 'failed', 'cancelled')),
    trouble TEXT NOT NULL DEFAULT '', -- why it failed
    ended_at_us INTEGER NOT NULL DEFAULT 0, -- when it left 'waiting', or was taken back
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX publications_waiting ON publications (tenant, from_day) WHERE state = 'waiting';
