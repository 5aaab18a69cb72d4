-- A token for the panel of one record: which one, and what may be done there. Both are empty for every other token. What such a
-- token may do elsewhere, in `scopes`, is nothing.
ALTER TABLE token ADD COLUMN panel_record {text} NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN panel_scopes {text} NOT NULL DEFAULT '';
-- The origins of pages that may show an account's panels, joined by blanks.
ALTER TABLE account ADD COLUMN panel_origins {text} NOT NULL DEFAULT '';
