-- Grants of OAuth: what a client may get tokens for. expires_at is when its last voucher ends; a revoked grant ends when it
-- is revoked. used_at is 0 until a voucher was traded.
CREATE TABLE token_grant (
  account_no {int} NOT NULL REFERENCES account (no),
  id {text} NOT NULL,
  user_no {int} NOT NULL,
  scopes {text} NOT NULL,
  client_id {text} NOT NULL,
  client_digest {text} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  used_at {int} NOT NULL,
  revoked_at {int} NOT NULL,
  PRIMARY KEY (account_no, id)
) {strict};
CREATE UNIQUE INDEX token_grant_id ON token_grant (id);
CREATE INDEX token_grant_client ON token_grant (client_id, client_digest);
CREATE INDEX token_grant_expiry ON token_grant (expires_at);

-- What is traded for tokens, by the digest of its text: kind 0 a code, 1 a refresh token. used_at is 0 until its first use.
CREATE TABLE voucher (
  account_no {int} NOT NULL,
  grant_id {text} NOT NULL,
  digest {text} NOT NULL,
  kind {int} NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  used_at {int} NOT NULL,
  PRIMARY KEY (account_no, grant_id, digest),
  FOREIGN KEY (account_no, grant_id) REFERENCES token_grant (account_no, id) ON DELETE CASCADE
) {strict};
CREATE UNIQUE INDEX voucher_digest ON voucher (digest);
CREATE INDEX voucher_expiry ON voucher (expires_at);

-- The grant that a token was got by; empty for one that was made by hand.
ALTER TABLE token ADD COLUMN grant_id {text} NOT NULL DEFAULT '';
CREATE INDEX token_grant_tokens ON token (account_no, grant_id) WHERE grant_id <> '';

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token_grant', 'sqlite_autoindex_token_grant_1', '1000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token_grant', 'token_grant_id', '1000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token_grant', 'token_grant_client', '1000 2 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token_grant', 'token_grant_expiry', '1000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('voucher', 'sqlite_autoindex_voucher_1', '100000 10000 50 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('voucher', 'voucher_digest', '100000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('voucher', 'voucher_expiry', '100000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token', 'token_grant_tokens', '1000 100 10');
{sqlite} ANALYZE sqlite_schema;
