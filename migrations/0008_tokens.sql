-- A token's number in its account, for clients that know tokens by numbers, and what people call it. The tokens that are
-- there are numbered by age. 0 is a token that a server of the release before made while this step was taken.
ALTER TABLE token ADD COLUMN no {int} NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN name {text} NOT NULL DEFAULT '';
UPDATE token SET no = numbered.no
  FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY account_no ORDER BY created_at, id) AS no FROM token) AS numbered
  WHERE numbered.id = token.id;
INSERT INTO counter (account_no, kind, next) SELECT account_no, 'token', MAX(no) + 1 FROM token GROUP BY account_no;
CREATE UNIQUE INDEX token_no ON token (account_no, no) WHERE no > 0;
CREATE INDEX token_user ON token (account_no, user_no, no);

-- What happened to a file.
CREATE INDEX event_file ON event (account_no, file_no, no) WHERE file_no IS NOT NULL;

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token', 'token_no', '1000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token', 'token_user', '1000 100 10 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('event', 'event_file', '1000000 500000 4 1');
{sqlite} ANALYZE sqlite_schema;
