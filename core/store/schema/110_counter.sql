-- Requests that a clerk filed for somebody at the counter: the source of these, of all others it is
-- the web. Written once, in the same save as the request.
CREATE TABLE counter_filings (
    tenant TEXT NOT NULL,
    number INTEGER NOT NULL,
    account TEXT NOT NULL, -- of the clerk
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
