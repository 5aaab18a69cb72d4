-- A file under legal hold is not removed for good, whoever asks and whatever time is over. legal_hold_at is since when, 0 for a file
-- that is under none; legal_hold_by is who put it there, legal_hold_reason why. They stand in the file's own row, which whoever
-- removes the file holds until its commit: so a hold and an erase are always one after the other.
ALTER TABLE file ADD COLUMN legal_hold_at {int} NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN legal_hold_by {int} NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN legal_hold_reason {text} NOT NULL DEFAULT '';
CREATE INDEX file_legal_hold ON file (account_no, no) WHERE legal_hold_at > 0;

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_legal_hold', '1000 500 1');
{sqlite} ANALYZE sqlite_schema;
