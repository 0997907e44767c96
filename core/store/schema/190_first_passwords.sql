-- A password that the shell made for somebody is good for some days: until then they set their own.
ALTER TABLE accounts ADD COLUMN password_until_us INTEGER; -- NULL: chosen by its owner
