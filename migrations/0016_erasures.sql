-- What was removed for good, and when all of it was seen to be gone (gone_at 0: not yet; waits_for then has the words of what a
-- look still found, joined by blanks). kind 1: somebody asked for it; 2: its time was over. parts is JSON: the versions with
-- sealed digests and the keys of their bytes, and how many rows of each kind went. It has neither a name nor a digest.
CREATE TABLE erasure (
  account_no {int} NOT NULL REFERENCES account (no),
  id {text} NOT NULL,
  file_no {int} NOT NULL,
  file_id {text} NOT NULL,
  kind {int} NOT NULL,
  actor_no {int} NOT NULL,
  asked_at {int} NOT NULL,
  gone_at {int} NOT NULL,
  waits_for {text} NOT NULL,
  parts {text} NOT NULL,
  PRIMARY KEY (account_no, id)
) {strict};
CREATE INDEX erasure_waiting ON erasure (account_no, id) WHERE gone_at = 0;

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('erasure', 'sqlite_autoindex_erasure_1', '100000 50000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('erasure', 'erasure_waiting', '100 50 1');
{sqlite} ANALYZE sqlite_schema;
