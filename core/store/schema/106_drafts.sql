-- Forms begun and not sent yet: what was typed, as it was typed. Belongs to an account, or to whoever
-- holds its link; of the link only the hash is kept.
CREATE TABLE drafts (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL, -- 130 random bits
    key_hash BLOB NOT NULL, -- SHA-256 of the key in its link
    owner TEXT NOT NULL, -- account or ''
    agenda TEXT NOT NULL,
    form TEXT NOT NULL,
    form_version TEXT NOT NULL, -- in form_definitions
    lang TEXT NOT NULL,
    version INTEGER NOT NULL, -- from 1, one more with each save
    saved_by TEXT NOT NULL, -- the page that saved last, so that it may repeat a save whose answer was lost
    created_at_us INTEGER NOT NULL,
    changed_at_us INTEGER NOT NULL,
    answers TEXT NOT NULL, -- JSON: name -> text or array of texts
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX drafts_owner ON drafts (tenant, owner, changed_at_us) WHERE owner <> '';
CREATE INDEX drafts_of_nobody ON drafts (tenant) WHERE owner = '';
CREATE INDEX drafts_changed ON drafts (tenant, changed_at_us);
