-- What occupies, or is to occupy, which place and when. No personal data: the page "permits" shows
-- the granted rows to everybody. A row is written in the save of its submission.
CREATE TABLE public_space_permits (
    number        TEXT    NOT NULL PRIMARY KEY, -- of the submission
    kind          TEXT    NOT NULL,             -- as in kinds.c: 'skip', 'garden' …
    zone          TEXT    NOT NULL,             -- fee zone
    district      TEXT    NOT NULL,             -- code of the municipal district
    place         TEXT    NOT NULL,             -- in words, for lists
    first_day     TEXT    NOT NULL,             -- YYYY-MM-DD
    last_day      TEXT    NOT NULL,             -- YYYY-MM-DD, still included
    area_m2       INTEGER NOT NULL,             -- started square metres
    fee_haler     INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'ended')),
    changed_at_us INTEGER NOT NULL              -- UTC, microseconds
) STRICT;
CREATE INDEX public_space_permits_by_day ON public_space_permits (state, last_day);
