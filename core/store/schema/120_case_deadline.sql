-- The office's deadline stands still while the applicant is to answer. Those there are were set by
-- the agendas' own code, which no state changes.
ALTER TABLE cases ADD COLUMN due_fixed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cases ADD COLUMN due_working INTEGER NOT NULL DEFAULT 0; -- 1: counted in working days
ALTER TABLE cases ADD COLUMN left_days INTEGER; -- of a deadline that stands still
ALTER TABLE cases ADD COLUMN answer_by TEXT; -- ISO date: until when the applicant is to answer
