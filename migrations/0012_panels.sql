-- A token for the panel of one record: which one, what may be done there, and the token it was made with, with which it ends. All
-- are empty for every other token. What such a token may do elsewhere, in `scopes`, is nothing.
ALTER TABLE token ADD COLUMN panel_record {text} NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN panel_scopes {text} NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN minted_by {text} NOT NULL DEFAULT '';
-- The origins of pages that may show an account's panels, joined by blanks.
ALTER TABLE account ADD COLUMN panel_origins {text} NOT NULL DEFAULT '';
-- The record whose panel an upload came from; empty for every other one.
ALTER TABLE upload ADD COLUMN panel {text} NOT NULL DEFAULT '';
