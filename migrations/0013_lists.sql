-- An account's tasks, by age.
CREATE INDEX task_account ON task (account_no, requested_at, id);
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_account', '10000 5000 2 1');
{sqlite} ANALYZE sqlite_schema;
