-- What people say of a file, and whether it is the picture that is shown for its owner. description_key is folded as
-- name_key is. claim_by: when a file goes to the trash that nothing links by then; 0 for the others.
ALTER TABLE file ADD COLUMN description {text} NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN description_key {text} NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN cover {int} NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN claim_by {int} NOT NULL DEFAULT 0;
CREATE INDEX file_claim ON file (claim_by) WHERE claim_by > 0 AND trashed_at = 0;
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_claim', '10000 2');
{sqlite} ANALYZE sqlite_schema;
