-- Links by which people without an account send files in. max_files, max_bytes: what may come; types: the media types and
-- extensions that may, joined by blanks, empty for all. password is a salted digest, empty for none. received counts the files
-- that came. closed_at is 0 while it is open.
CREATE TABLE intake (
  account_no {int} NOT NULL REFERENCES account (no),
  id {text} NOT NULL,
  record_type {text} NOT NULL,
  record_id {text} NOT NULL,
  role {text} NOT NULL,
  folder_no {int} NOT NULL,
  title {text} NOT NULL,
  note {text} NOT NULL,
  file_name {text} NOT NULL,
  types {text} NOT NULL,
  max_files {int} NOT NULL,
  max_bytes {int} NOT NULL,
  hidden {int} NOT NULL,
  password {text} NOT NULL,
  received {int} NOT NULL,
  created_at {int} NOT NULL,
  created_by {int} NOT NULL,
  expires_at {int} NOT NULL,
  closed_at {int} NOT NULL,
  PRIMARY KEY (account_no, id)
) {strict};
CREATE INDEX intake_created ON intake (account_no, created_at);
CREATE INDEX intake_record ON intake (account_no, record_type, record_id);

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('intake', 'sqlite_autoindex_intake_1', '1000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('intake', 'intake_created', '1000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('intake', 'intake_record', '1000 100 10 2');
{sqlite} ANALYZE sqlite_schema;
