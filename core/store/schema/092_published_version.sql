-- Whether what a live layer shows has changed since somebody read it: maps ask often, and are told
-- so without the layer being read.
CREATE TABLE published_version (
    tenant TEXT NOT NULL,
    layer TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (tenant, layer)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER published_added AFTER INSERT ON published BEGIN
    INSERT INTO published_version (tenant, layer, version) VALUES (new.tenant, new.layer, 1)
    ON CONFLICT (tenant, layer) DO UPDATE SET version = version + 1;
END;
CREATE TRIGGER published_altered AFTER UPDATE ON published BEGIN
    INSERT INTO published_version (tenant, layer, version)
    VALUES (new.tenant, new.layer, 1), (old.tenant, old.layer, 1)
    ON CONFLICT (tenant, layer) DO UPDATE SET version = version + 1;
END;
CREATE TRIGGER published_removed AFTER DELETE ON published BEGIN
    INSERT INTO published_version (tenant, layer, version) VALUES (old.tenant, old.layer, 1)
    ON CONFLICT (tenant, layer) DO UPDATE SET version = version + 1;
END;
