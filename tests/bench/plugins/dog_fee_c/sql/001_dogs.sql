-- Dogs that are registered: enough to see that one is not registered twice and to end it later.
CREATE TABLE dog_fee_c_dogs (
    chip       TEXT NOT NULL PRIMARY KEY, -- 15 digits
    number     TEXT NOT NULL,             -- of the accepted registration
    held_since TEXT NOT NULL,             -- YYYY-MM-DD
    ended_on   TEXT                       -- YYYY-MM-DD, NULL while it is held
) STRICT;
