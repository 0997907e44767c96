-- The rule "capacity" beside "free" in one table: ground of which others may have a part too. One
-- row for each place, rule and feature of the map on which the units are counted.
ALTER TABLE occupancy ADD COLUMN counted TEXT NOT NULL DEFAULT ''; -- what is counted: 'stalls'
ALTER TABLE occupancy ADD COLUMN feature TEXT NOT NULL DEFAULT ''; -- 'layer/code'; '' by distance
ALTER TABLE occupancy ADD COLUMN units REAL NOT NULL DEFAULT 0; -- how many this one takes
ALTER TABLE occupancy ADD COLUMN most REAL NOT NULL DEFAULT 0; -- at once, with others; 0: rule "free"
ALTER TABLE occupancy ADD COLUMN agenda_too TEXT NOT NULL DEFAULT ''; -- whose requests count as well

DROP INDEX occupancy_number;
CREATE UNIQUE INDEX occupancy_number ON occupancy (tenant, number, field, place, rule, feature);
CREATE INDEX occupancy_feature ON occupancy (tenant, feature, to_day) WHERE feature <> '';
