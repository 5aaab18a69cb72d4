-- A file shows the name that it was given although another file of its folder has that name; and a file may be its
-- maker's own. title is empty where the name itself is shown. title_key is folded as name_key is.
ALTER TABLE file ADD COLUMN title {text} NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN title_key {text} NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN personal {int} NOT NULL DEFAULT 0;
CREATE INDEX file_title ON file (account_no, title_key) WHERE trashed_at = 0 AND title_key <> '';
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_title', '100000 50000 10');
{sqlite} ANALYZE sqlite_schema;
