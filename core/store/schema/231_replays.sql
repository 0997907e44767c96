-- A changed agenda tried on what was filed: what was tried, how far it is, what came of it. Differences
-- name submissions by number, with codes and computed values, never answers.
CREATE TABLE replays (
    tenant TEXT NOT NULL,
    id INTEGER NOT NULL, -- from 1
    agenda TEXT NOT NULL,
    payload TEXT NOT NULL, -- JSON: {"parameters"}, {"form", "definition"} or {"folder"}
    title TEXT NOT NULL, -- for people: what is tried
    from_day TEXT NOT NULL, -- ISO: received from …
    until_day TEXT NOT NULL,
    after_day TEXT NOT NULL, -- whose parameters count in the new version
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL, -- account
    actor_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    sums TEXT NOT NULL, -- JSON: see plugin/replay.h
    trouble TEXT NOT NULL, -- why it failed
    kept INTEGER NOT NULL DEFAULT 0, -- differences that are kept below
    ended_at_us INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE replay_differences (
    tenant TEXT NOT NULL,
    replay INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- from 1
    difference TEXT NOT NULL, -- JSON
    PRIMARY KEY (tenant, replay, sequence)
) STRICT, WITHOUT ROWID;
