-- Where an account's events are sent to. `position` is the last event that deliveries were made for. kinds is the words of the
-- kinds that are wanted, joined by blanks; empty for all. old_secret still signs until old_until. disabled_at is 0 while it
-- works. failing_since is 0 once a delivery has reached it. Before resume_at nothing is sent: its receiver asked for that.
CREATE TABLE webhook (
  account_no {int} NOT NULL REFERENCES account (no),
  id {text} NOT NULL,
  name {text} NOT NULL,
  url {text} NOT NULL,
  kinds {text} NOT NULL,
  secret {text} NOT NULL,
  old_secret {text} NOT NULL,
  old_until {int} NOT NULL,
  position {int} NOT NULL,
  created_at {int} NOT NULL,
  created_by {int} NOT NULL,
  failing_since {int} NOT NULL,
  resume_at {int} NOT NULL,
  disabled_at {int} NOT NULL,
  disabled_why {text} NOT NULL,
  PRIMARY KEY (account_no, id)
) {strict};

-- One event on its way to one webhook. state 0 waits, 1 arrived, 2 was given up. queued_at is when it was put in line, which a
-- replay does anew. next_at is when it is tried next; status is the last answer's, 0 for none.
CREATE TABLE delivery (
  account_no {int} NOT NULL,
  webhook_id {text} NOT NULL,
  event_no {int} NOT NULL,
  id {text} NOT NULL,
  state {int} NOT NULL,
  attempts {int} NOT NULL,
  queued_at {int} NOT NULL,
  next_at {int} NOT NULL,
  tried_at {int} NOT NULL,
  status {int} NOT NULL,
  error {text} NOT NULL,
  PRIMARY KEY (account_no, webhook_id, event_no),
  FOREIGN KEY (account_no, webhook_id) REFERENCES webhook (account_no, id) ON DELETE CASCADE
) {strict};
CREATE UNIQUE INDEX delivery_id ON delivery (account_no, id);
CREATE INDEX delivery_due ON delivery (account_no, webhook_id, next_at, event_no) WHERE state = 0;
CREATE INDEX delivery_state ON delivery (account_no, webhook_id, state, event_no);
CREATE INDEX delivery_over ON delivery (tried_at) WHERE state > 0;

{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('webhook', 'sqlite_autoindex_webhook_1', '100 5 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('delivery', 'sqlite_autoindex_delivery_1', '100000 50000 10000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('delivery', 'delivery_id', '100000 50000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('delivery', 'delivery_due', '1000 500 100 10 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('delivery', 'delivery_state', '100000 50000 10000 5000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('delivery', 'delivery_over', '100000 1');
{sqlite} ANALYZE sqlite_schema;
