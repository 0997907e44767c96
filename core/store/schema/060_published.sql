-- What the map of the city shows of submissions now: permits in force, requests nearby. Made from
-- submissions, cases and the "public" member of the agendas' manifests, which decide what is let out;
-- can be made again from them at any time (and is, when a manifest changes).
CREATE TABLE published (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    agenda TEXT NOT NULL,
    layer TEXT NOT NULL, -- 'permits' or 'requests'
    first_day TEXT NOT NULL, -- ISO dates, '' and '9999' where there is no end
    last_day TEXT NOT NULL,
    west REAL NOT NULL, -- box of the geometry, EPSG:4326
    south REAL NOT NULL,
    east REAL NOT NULL,
    north REAL NOT NULL,
    geometry TEXT NOT NULL, -- GeoJSON
    words_cs TEXT NOT NULL, -- JSON: the properties shown, without personal data
    words_en TEXT NOT NULL,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES cases (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX published_days ON published (tenant, layer, last_day, first_day);
CREATE INDEX published_agenda ON published (tenant, agenda);

-- Under which rules an agenda's rows above were made.
CREATE TABLE published_rules (
    tenant TEXT NOT NULL,
    agenda TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (tenant, agenda)
) STRICT, WITHOUT ROWID;
