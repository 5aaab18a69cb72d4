-- The whole schema of the first release. {int}, {bytes}, {text} and {strict} become each engine's own words.
-- Times are microseconds since 1970; 9223372036854775807 is "never"; 0 in trashed_at is "lives".
-- Every tenant table begins its key with account_no, and references carry it: a reference across accounts cannot be stored.

CREATE TABLE account (
  no {int} NOT NULL PRIMARY KEY,
  name {text} NOT NULL UNIQUE,
  created_at {int} NOT NULL,
  trash_days {int} NOT NULL
) {strict};

-- What an account holds, what it may hold, and the number of its last event: one row that every change passes.
CREATE TABLE book (
  account_no {int} NOT NULL PRIMARY KEY REFERENCES account (no),
  used_bytes {int} NOT NULL,
  used_files {int} NOT NULL,
  reserved_bytes {int} NOT NULL,
  reserved_files {int} NOT NULL,
  quota_bytes {int} NOT NULL,
  quota_files {int} NOT NULL,
  event_no {int} NOT NULL
) {strict};

-- The next free number of each kind of thing, handed out in blocks.
CREATE TABLE counter (
  account_no {int} NOT NULL REFERENCES account (no),
  kind {text} NOT NULL,
  next {int} NOT NULL,
  PRIMARY KEY (account_no, kind)
) {strict};

CREATE TABLE account_user (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  name {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};

CREATE TABLE token (
  id {text} NOT NULL PRIMARY KEY,
  digest {text} NOT NULL UNIQUE,
  account_no {int} NOT NULL REFERENCES account (no),
  user_no {int} NOT NULL,
  scopes {text} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  last_used_at {int} NOT NULL,
  revoked_at {int} NOT NULL
) {strict};
CREATE INDEX token_account ON token (account_no, created_at);

-- Keys that sign links. The newest signs, every one that is not retired verifies.
CREATE TABLE signing_key (
  no {int} NOT NULL PRIMARY KEY,
  secret {bytes} NOT NULL,
  created_at {int} NOT NULL,
  retired_at {int} NOT NULL
) {strict};

CREATE TABLE folder (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  id {text} NOT NULL,
  parent_no {int},
  name {text} NOT NULL,
  name_key {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  trashed_at {int} NOT NULL,
  PRIMARY KEY (account_no, no),
  FOREIGN KEY (account_no, parent_no) REFERENCES folder (account_no, no)
) {strict};
CREATE UNIQUE INDEX folder_id ON folder (account_no, id);
CREATE UNIQUE INDEX folder_name ON folder (account_no, parent_no, name) WHERE trashed_at = 0;
CREATE INDEX folder_parent ON folder (account_no, parent_no);
CREATE INDEX folder_created ON folder (account_no, created_at) WHERE trashed_at = 0;

-- Bytes as stored. home 0: in blob_small; home 1: on the volume under `key`.
-- state 1 live, 2 dying (no file refers to it, its removal is a task's work).
CREATE TABLE blob (
  account_no {int} NOT NULL REFERENCES account (no),
  key {text} NOT NULL,
  home {int} NOT NULL,
  size {int} NOT NULL,
  sha256 {text} NOT NULL,
  refs {int} NOT NULL,
  state {int} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (account_no, key)
) {strict};
CREATE INDEX blob_content ON blob (account_no, sha256);
CREATE INDEX blob_volume ON blob (key) WHERE home = 1;
CREATE INDEX blob_dying ON blob (account_no) WHERE state = 2;

CREATE TABLE blob_small (
  account_no {int} NOT NULL,
  key {text} NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (account_no, key),
  FOREIGN KEY (account_no, key) REFERENCES blob (account_no, key) ON DELETE CASCADE
) {strict};

-- A file with what its active version holds, so that a list needs one table.
CREATE TABLE file (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  id {text} NOT NULL,
  folder_no {int} NOT NULL,
  name {text} NOT NULL,
  name_key {text} NOT NULL,
  ext {text} NOT NULL,
  access {int} NOT NULL,
  hidden {int} NOT NULL,
  usable {int} NOT NULL,
  source {int} NOT NULL,
  metadata {text} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  trashed_at {int} NOT NULL,
  created_by {int} NOT NULL,
  revision {int} NOT NULL,
  version_no {int} NOT NULL,
  blob_key {text} NOT NULL,
  size {int} NOT NULL,
  media_type {text} NOT NULL,
  kind {int} NOT NULL,
  encoding {text} NOT NULL,
  width {int},
  height {int},
  sha256 {text} NOT NULL,
  md5 {text} NOT NULL,
  versioned_at {int} NOT NULL,
  versioned_by {int} NOT NULL,
  PRIMARY KEY (account_no, no),
  FOREIGN KEY (account_no, folder_no) REFERENCES folder (account_no, no)
) {strict};
CREATE UNIQUE INDEX file_id ON file (account_no, id);
-- The name stands before the folder, so that a name is found in all folders too.
CREATE UNIQUE INDEX file_name ON file (account_no, name, folder_no) WHERE trashed_at = 0;
CREATE INDEX file_folder_created ON file (account_no, folder_no, created_at) WHERE trashed_at = 0;
CREATE INDEX file_folder_no ON file (account_no, folder_no, no) WHERE trashed_at = 0;
CREATE INDEX file_created ON file (account_no, created_at) WHERE trashed_at = 0;
CREATE INDEX file_updated ON file (account_no, updated_at) WHERE trashed_at = 0;
CREATE INDEX file_key ON file (account_no, name_key) WHERE trashed_at = 0;
CREATE INDEX file_trash ON file (account_no, trashed_at) WHERE trashed_at > 0;
CREATE INDEX file_expiry ON file (expires_at) WHERE expires_at < 9223372036854775807;

-- Every version, the active one too.
CREATE TABLE version (
  account_no {int} NOT NULL,
  file_no {int} NOT NULL,
  no {int} NOT NULL,
  blob_key {text} NOT NULL,
  size {int} NOT NULL,
  media_type {text} NOT NULL,
  kind {int} NOT NULL,
  encoding {text} NOT NULL,
  width {int},
  height {int},
  sha256 {text} NOT NULL,
  md5 {text} NOT NULL,
  created_at {int} NOT NULL,
  created_by {int} NOT NULL,
  PRIMARY KEY (account_no, file_no, no),
  FOREIGN KEY (account_no, file_no) REFERENCES file (account_no, no) ON DELETE CASCADE,
  FOREIGN KEY (account_no, blob_key) REFERENCES blob (account_no, key)
) {strict};
CREATE INDEX version_blob ON version (account_no, blob_key);

CREATE TABLE link (
  account_no {int} NOT NULL,
  no {int} NOT NULL,
  file_no {int} NOT NULL,
  record_type {text} NOT NULL,
  record_id {text} NOT NULL,
  origin {int} NOT NULL,
  role {text} NOT NULL,
  visible {int} NOT NULL,
  created_at {int} NOT NULL,
  created_by {int} NOT NULL,
  PRIMARY KEY (account_no, no),
  FOREIGN KEY (account_no, file_no) REFERENCES file (account_no, no) ON DELETE CASCADE
) {strict};
CREATE UNIQUE INDEX link_record ON link (account_no, record_type, record_id, file_no, origin);
CREATE INDEX link_file ON link (account_no, file_no);

CREATE TABLE share (
  account_no {int} NOT NULL REFERENCES account (no),
  id {text} NOT NULL,
  file_no {int} NOT NULL,
  version_no {int} NOT NULL,
  expires_at {int} NOT NULL,
  created_at {int} NOT NULL,
  created_by {int} NOT NULL,
  revoked_at {int} NOT NULL,
  PRIMARY KEY (account_no, id),
  FOREIGN KEY (account_no, file_no) REFERENCES file (account_no, no) ON DELETE CASCADE
) {strict};
CREATE INDEX share_file ON share (account_no, file_no);
CREATE INDEX share_created ON share (account_no, created_at);

CREATE TABLE event (
  account_no {int} NOT NULL REFERENCES account (no),
  no {int} NOT NULL,
  kind {text} NOT NULL,
  file_no {int},
  folder_no {int},
  record {text} NOT NULL,
  actor_no {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (account_no, no)
) {strict};

CREATE TABLE task (
  id {text} NOT NULL PRIMARY KEY,
  account_no {int} NOT NULL REFERENCES account (no),
  actor_no {int} NOT NULL,
  scopes {text} NOT NULL,
  kind {text} NOT NULL,
  payload {text} NOT NULL,
  state {int} NOT NULL,
  run_at {int} NOT NULL,
  attempts {int} NOT NULL,
  lease_no {int} NOT NULL,
  lease_until {int} NOT NULL,
  dedup {text},
  requested_at {int} NOT NULL,
  started_at {int} NOT NULL,
  completed_at {int} NOT NULL,
  result_file_no {int},
  result_folder_no {int},
  error_code {text} NOT NULL,
  error {text} NOT NULL
) {strict};
CREATE INDEX task_due ON task (kind, run_at) WHERE state < 2;
CREATE UNIQUE INDEX task_dedup ON task (account_no, kind, dedup) WHERE state < 2;
CREATE INDEX task_result ON task (account_no, result_file_no) WHERE result_file_no IS NOT NULL;
CREATE INDEX task_ended ON task (completed_at) WHERE state >= 2;

-- Answers kept for idempotency keys. state 0: being worked on; 1: the change is committed; 2: the answer is kept too.
CREATE TABLE once (
  account_no {int} NOT NULL REFERENCES account (no),
  key {text} NOT NULL,
  fingerprint {text} NOT NULL,
  state {int} NOT NULL,
  effect {text} NOT NULL,
  status {int} NOT NULL,
  headers {text} NOT NULL,
  body {bytes} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  PRIMARY KEY (account_no, key)
) {strict};
CREATE INDEX once_expiry ON once (expires_at);
CREATE INDEX once_effect ON once (account_no, effect) WHERE effect <> '';
