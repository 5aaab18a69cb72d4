-- Which installation this is: the store of contents is marked with it, so that two installations never share one.
CREATE TABLE installation (
  no {int} NOT NULL PRIMARY KEY,
  id {text} NOT NULL,
  created_at {int} NOT NULL
) {strict};

-- The node that has an upload's turn; '' is none. What another node still brings for it does not count.
ALTER TABLE upload ADD COLUMN node {text} NOT NULL DEFAULT '';

-- While a hold is in force no stored bytes are removed: a backup copies what a snapshot of the rows refers to.
CREATE TABLE hold (
  id {text} NOT NULL PRIMARY KEY,
  reason {text} NOT NULL,
  until_at {int} NOT NULL
) {strict};

-- How far a copy of another installation into this one is, step by step. No server works on half a copy.
CREATE TABLE transfer (
  step {text} NOT NULL PRIMARY KEY,
  position {text} NOT NULL,
  done {int} NOT NULL
) {strict};
