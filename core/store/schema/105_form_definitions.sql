-- Definitions of forms as they were: each version under which something was filed or begun, so that
-- it is drawn by that one for as long as it is kept.
CREATE TABLE form_definitions (
    tenant TEXT NOT NULL,
    version TEXT NOT NULL, -- SHA-256 (hex) of the definition
    agenda TEXT NOT NULL, -- where it was seen first
    form TEXT NOT NULL,
    definition TEXT NOT NULL, -- canonical JSON
    first_seen_at_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, version)
) STRICT;
CREATE INDEX form_definitions_form ON form_definitions (tenant, agenda, form, first_seen_at_us);
