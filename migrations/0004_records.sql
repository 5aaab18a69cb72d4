-- Records as clients of a CRM keep them: cards with names and numbers, fields that hold a file each, and notes.

-- What is known of a record besides its files. no is the record's id as a number, name_key the name as searches see it.
CREATE TABLE card (
  account_no {int} NOT NULL REFERENCES account (no),
  record_type {text} NOT NULL,
  record_id {text} NOT NULL,
  no {int} NOT NULL,
  name {text} NOT NULL,
  name_key {text} NOT NULL,
  numbers {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {int} NOT NULL,
  updated_by {int} NOT NULL,
  responsible {int} NOT NULL,
  PRIMARY KEY (account_no, record_type, record_id)
) {strict};
CREATE UNIQUE INDEX card_no ON card (account_no, record_type, no);

-- removed_at is 0 while the field is there; a removed one waits for its last value to go.
CREATE TABLE field (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  record_type {text} NOT NULL,
  name {text} NOT NULL,
  code {text},
  sort {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  removed_at {int} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};
CREATE INDEX field_type ON field (account_no, record_type);
CREATE INDEX field_removed ON field (account_no, removed_at) WHERE removed_at > 0;

-- The file in a field of a record. A value outlives its file: it refers to it by number alone, and version_no, name and
-- size are then what they were last. An empty name is the file's own.
CREATE TABLE field_value (
  account_no {int} NOT NULL,
  record_type {text} NOT NULL,
  record_id {text} NOT NULL,
  field_no {int} NOT NULL,
  file_no {int} NOT NULL,
  file_id {text} NOT NULL,
  pinned {int} NOT NULL,
  version_no {int} NOT NULL,
  name {text} NOT NULL,
  size {int} NOT NULL,
  PRIMARY KEY (account_no, record_type, record_id, field_no),
  FOREIGN KEY (account_no, record_type, record_id) REFERENCES card (account_no, record_type, record_id),
  FOREIGN KEY (account_no, field_no) REFERENCES field (account_no, no)
) {strict};
CREATE INDEX field_value_file ON field_value (account_no, file_no);
CREATE INDEX field_value_field ON field_value (account_no, field_no);

-- A note outlives its file as a value does. created_at and updated_at are whole seconds.
CREATE TABLE note (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  record_type {text} NOT NULL,
  record_id {text} NOT NULL,
  kind {text} NOT NULL,
  text {text} NOT NULL,
  file_no {int},
  file_id {text} NOT NULL,
  pinned {int} NOT NULL,
  version_no {int} NOT NULL,
  name {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  created_by {int} NOT NULL,
  updated_by {int} NOT NULL,
  responsible {int} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};
CREATE INDEX note_record ON note (account_no, record_type, record_id, created_at, no);
CREATE INDEX note_type ON note (account_no, record_type, no);
CREATE INDEX note_updated ON note (account_no, record_type, updated_at);
CREATE INDEX note_file ON note (account_no, file_no) WHERE file_no IS NOT NULL;

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('card', 'sqlite_autoindex_card_1', '1000000 500000 100000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('card', 'card_no', '1000000 500000 100000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field', 'sqlite_autoindex_field_1', '1000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field', 'field_type', '1000 100 20');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field', 'field_removed', '10 5 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field_value', 'sqlite_autoindex_field_value_1', '1000000 500000 100000 3 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field_value', 'field_value_file', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('field_value', 'field_value_field', '1000000 500000 50000');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('note', 'sqlite_autoindex_note_1', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('note', 'note_record', '1000000 500000 100000 10 2 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('note', 'note_type', '1000000 500000 100000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('note', 'note_updated', '1000000 500000 100000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('note', 'note_file', '500000 250000 2');
{sqlite} ANALYZE sqlite_schema;
