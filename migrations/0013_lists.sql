-- An account's tasks, by age.
CREATE INDEX task_account ON task (account_no, requested_at, id);
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_account', '10000 5000 2 1');

-- The files of a folder, with all that sums and counts of folders look at: they read the index alone.
DROP INDEX file_folder_no;
CREATE INDEX file_folder_no ON file (account_no, folder_no, no, hidden, kind, size, versions) WHERE trashed_at = 0;
{sqlite} DELETE FROM sqlite_stat1 WHERE idx = 'file_folder_no';
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_folder_no', '1000000 500000 100 1 1 1 1 1');

-- The files that have a description, which a search looks through.
CREATE INDEX file_described ON file (account_no, no) WHERE trashed_at = 0 AND description_key <> '';
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_described', '100000 50000 1');
{sqlite} ANALYZE sqlite_schema;
