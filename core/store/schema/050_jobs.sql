-- When each scheduled job of an agenda last ran, so that a restart neither skips nor repeats it.
CREATE TABLE agenda_jobs (
    tenant TEXT NOT NULL,
    agenda TEXT NOT NULL,
    job TEXT NOT NULL,
    ran_at_us INTEGER NOT NULL,
    error TEXT NOT NULL, -- code, '' when all went well
    PRIMARY KEY (tenant, agenda, job)
) STRICT, WITHOUT ROWID;
