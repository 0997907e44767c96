-- Every place of a submission, not only the one that routes it: one row for each location field, and
-- of a field with several places one more for each of them.
CREATE TABLE locations_of_all (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    field TEXT NOT NULL,
    part INTEGER NOT NULL DEFAULT 0, -- 0: the whole field; from 1: each of several
    parts INTEGER NOT NULL DEFAULT 1, -- how many places the row is made of
    routes INTEGER NOT NULL DEFAULT 1, -- 1: the place that the request is filed under
    kind INTEGER NOT NULL, -- 1 point, 2 line, 3 area
    geometry BLOB NOT NULL, -- WKB, in metres
    anchor_x REAL NOT NULL,
    anchor_y REAL NOT NULL,
    area_m2 REAL NOT NULL,
    length_m REAL NOT NULL,
    district TEXT NOT NULL,
    map_version TEXT NOT NULL,
    PRIMARY KEY (tenant, number, field, part),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT, WITHOUT ROWID;
INSERT INTO locations_of_all (tenant, number, field, kind, geometry, anchor_x, anchor_y, area_m2,
    length_m, district, map_version)
SELECT tenant, number, field, kind, geometry, anchor_x, anchor_y, area_m2, length_m, district,
    map_version
FROM locations;
DROP TABLE locations;
ALTER TABLE locations_of_all RENAME TO locations;
CREATE INDEX locations_more ON locations (tenant, number) WHERE routes = 0;

-- Which places of a case are let out is a rule of its agenda: they stand beside their words now. All
-- rows are made again when the agendas are loaded.
DELETE FROM published;
DELETE FROM published_rules;
ALTER TABLE published ADD COLUMN place BLOB NOT NULL DEFAULT x''; -- WKB, in metres; empty: the one
    -- that the request is filed under
