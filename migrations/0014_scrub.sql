-- read_at is when a blob's bytes were compared with its digest last, its making at first; 0 where that was before this column
-- was there. reread_at is when fresh bytes are read once more as a sample; 0 where they are not. damaged_at is since when the
-- bytes are known to be gone or others than the digest says; 0 while they are whole.
ALTER TABLE blob ADD COLUMN read_at {int} NOT NULL DEFAULT 0;
ALTER TABLE blob ADD COLUMN reread_at {int} NOT NULL DEFAULT 0;
ALTER TABLE blob ADD COLUMN damaged_at {int} NOT NULL DEFAULT 0;
CREATE INDEX blob_read ON blob (read_at, account_no, key) WHERE state = 1;
CREATE INDEX blob_reread ON blob (reread_at) WHERE reread_at > 0;
CREATE INDEX blob_damaged ON blob (account_no, key) WHERE damaged_at > 0;

-- Housekeeping that one node does for all of them: when it is due, and until when somebody is at it.
CREATE TABLE chore (
  name {text} NOT NULL PRIMARY KEY,
  due_at {int} NOT NULL,
  held_until {int} NOT NULL
) {strict};

-- The newest moment that a server has worked at, by a clock that was believed. There is one row.
CREATE TABLE moment (
  no {int} NOT NULL PRIMARY KEY,
  seen_at {int} NOT NULL
) {strict};

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_read', '1000000 2 1 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_reread', '1000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_damaged', '10 5 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('chore', 'sqlite_autoindex_chore_1', '2 1');
{sqlite} ANALYZE sqlite_schema;
