-- What was done in an account and what was refused, in order. deed is the word of what was done, of a refusal its route. targets is
-- what it was done to, joined by blanks. outcome is 'done' or the word of the refusal, times how often that came. token and
-- request are empty for none. digest is over all of it and the digest of the line before.
CREATE TABLE audit (
  account_no {int} NOT NULL,
  no {int} NOT NULL,
  at {int} NOT NULL,
  actor_no {int} NOT NULL,
  token {text} NOT NULL,
  deed {text} NOT NULL,
  targets {text} NOT NULL,
  outcome {text} NOT NULL,
  times {int} NOT NULL,
  request {text} NOT NULL,
  digest {text} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};

-- The last line of an account's audit log, and the last one that was taken from its beginning: 0 and empty for none.
ALTER TABLE book ADD COLUMN audit_no {int} NOT NULL DEFAULT 0;
ALTER TABLE book ADD COLUMN audit_head {text} NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN trimmed_no {int} NOT NULL DEFAULT 0;
ALTER TABLE book ADD COLUMN trimmed_head {text} NOT NULL DEFAULT '';

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('audit', 'sqlite_autoindex_audit_1', '1000000 500000 1');
{sqlite} ANALYZE sqlite_schema;
