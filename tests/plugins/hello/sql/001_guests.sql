CREATE TABLE hello_guests (
    number   TEXT    NOT NULL PRIMARY KEY, -- of the submission
    name     TEXT    NOT NULL,
    guests   INTEGER NOT NULL,
    answered INTEGER NOT NULL
) STRICT;
