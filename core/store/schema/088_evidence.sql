-- Which map bases the portal has served, with the version of each of their layers: what the version
-- in locations stands for. Written when a map is taken into service.
CREATE TABLE map_versions (
    tenant TEXT NOT NULL,
    version TEXT NOT NULL,
    layers TEXT NOT NULL, -- JSON: name -> hash of its content
    since_us INTEGER NOT NULL,
    PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

-- What was chosen, for those who look years later: made once, soon after the save, from the facts
-- and the map version that stand there. Its hash stands in the audit chain too.
CREATE TABLE evidence (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    made_at_us INTEGER NOT NULL,
    map_version TEXT NOT NULL, -- of the map it was made from; another than in locations: replaced meanwhile
    features TEXT NOT NULL, -- JSON: [{"field","layer","title","id","name","layerVersion","hash"}]
    picture BLOB NOT NULL, -- PNG
    picture_hash TEXT NOT NULL, -- SHA-256
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, number) REFERENCES submissions (tenant, number)
) STRICT;
