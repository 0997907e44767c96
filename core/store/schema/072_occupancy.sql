-- Ground that requests take up, by the "free" rules of their forms: one row for each place and rule,
-- written in the save of the submission. A case that is refused or withdrawn gives it back.
CREATE TABLE occupancy (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    place INTEGER NOT NULL, -- among several places of the field, from 0
    rule INTEGER NOT NULL, -- of the field's rules, from 0
    geometry BLOB NOT NULL, -- WKB of an area, EPSG:5514: points and lines are widened
    min_x REAL NOT NULL,
    min_y REAL NOT NULL,
    max_x REAL NOT NULL,
    max_y REAL NOT NULL,
    apart_m REAL NOT NULL, -- how far others must stay away
    from_day INTEGER NOT NULL, -- days since 1970, both included
    to_day INTEGER NOT NULL,
    states TEXT NOT NULL, -- ' received accepted ': those that keep others out; '' all but refused, withdrawn
    active INTEGER NOT NULL, -- 1: keeps others out now, and stands in occupancy_box
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT;
CREATE UNIQUE INDEX occupancy_number ON occupancy (tenant, number, field, place, rule);

-- Space and time of the active rows, for a search by both at once.
CREATE VIRTUAL TABLE occupancy_box USING rtree (id, min_x, max_x, min_y, max_y, from_day, to_day);
