-- The system that the metres of locations and occupancy are in; it stays once there is a place.
CREATE TABLE metric_system (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL, -- 'EPSG:5514'
    PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;

-- Before it was a setting.
INSERT INTO metric_system (tenant, name) SELECT DISTINCT tenant, 'EPSG:5514' FROM locations;
