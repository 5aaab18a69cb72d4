-- Resumable uploads: an upload's row says which of its bytes count; what lies on the volume beyond them does not.
-- state 0 open, 1 every byte is here and the file is still to be made, 2 done. length -1: the sender has not said.
-- blob_key is the key of the growing content; digests is the state of its digests after `received` bytes.
-- joining: it is one of several that are to be joined; whole, it stays in state 1 until its time is over.
-- held_bytes and held_files are what the upload has reserved in the book.
CREATE TABLE upload (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  id {text} NOT NULL,
  state {int} NOT NULL,
  length {int} NOT NULL,
  received {int} NOT NULL,
  parts {int} NOT NULL,
  blob_key {text} NOT NULL,
  digests {bytes} NOT NULL,
  joining {int} NOT NULL,
  goal {text} NOT NULL,
  memo {text} NOT NULL,
  scopes {text} NOT NULL,
  held_bytes {int} NOT NULL,
  held_files {int} NOT NULL,
  file_no {int},
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  created_by {int} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};
CREATE UNIQUE INDEX upload_id ON upload (account_no, id);
CREATE INDEX upload_open ON upload (account_no) WHERE state < 2;
CREATE INDEX upload_due ON upload (expires_at) WHERE state < 2;
CREATE INDEX upload_expiry ON upload (expires_at);
CREATE INDEX upload_blob ON upload (blob_key) WHERE state < 2;
CREATE INDEX upload_file ON upload (account_no, file_no) WHERE file_no IS NOT NULL;

-- The numbered parts of uploads whose senders number them, so that a part that comes again is recognised.
CREATE TABLE upload_part (
  account_no {int} NOT NULL,
  upload_no {int} NOT NULL,
  no {int} NOT NULL,
  size {int} NOT NULL,
  sha256 {bytes} NOT NULL,
  PRIMARY KEY (account_no, upload_no, no),
  FOREIGN KEY (account_no, upload_no) REFERENCES upload (account_no, no) ON DELETE CASCADE
) {strict};

-- Who changed a file last, who moved it to the trash, how many versions it has, and the upload of the active one.
ALTER TABLE file ADD COLUMN updated_by {int} NOT NULL DEFAULT 1;
ALTER TABLE file ADD COLUMN trashed_by {int} NOT NULL DEFAULT 1;
ALTER TABLE file ADD COLUMN versions {int} NOT NULL DEFAULT 1;
ALTER TABLE file ADD COLUMN upload_no {int} NOT NULL DEFAULT 0;
UPDATE file SET updated_by = versioned_by, trashed_by = versioned_by,
  versions = (SELECT COUNT(*) FROM version WHERE version.account_no = file.account_no AND version.file_no = file.no);

-- The trash does not count against the quota.
UPDATE book SET
  used_bytes = (SELECT COALESCE(SUM(v.size), 0) FROM version v JOIN file f ON f.account_no = v.account_no AND f.no = v.file_no
    WHERE v.account_no = book.account_no AND f.trashed_at = 0),
  used_files = (SELECT COUNT(*) FROM file WHERE file.account_no = book.account_no AND file.trashed_at = 0);

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'sqlite_autoindex_upload_1', '10000 5000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_id', '10000 5000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_open', '1000 500');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_expiry', '10000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_due', '1000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_blob', '1000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload', 'upload_file', '10000 5000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('upload_part', 'sqlite_autoindex_upload_part_1', '1000000 500000 1000 1');
{sqlite} ANALYZE sqlite_schema;
