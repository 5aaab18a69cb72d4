//! What patterns are in SQL: `LIKE` on folded texts, and places in an index where a pattern has no gap.

use super::built::Built;
use super::order::{TITLE, TITLE_KEY};
use crate::query::{Life, Pattern, Span};
use crate::table::link::CONTACT;
use attache_model::name::fold;

impl Built {
    /// `column`, folded text, matches a pattern.
    pub(super) fn like(&mut self, column: &str, pattern: &Pattern) {
        let escape = |piece: &String| fold(piece).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let text = pattern.pieces().iter().map(escape).collect::<Vec<_>>().join("%");
        let value = self.text(text);
        self.and(format!("{column} LIKE {value} ESCAPE '\\'"));
    }

    /// The digits of a number match a pattern.
    pub(super) fn digits(&mut self, column: &str, pattern: &Pattern) {
        self.like(&format!("CAST({column} AS TEXT)"), pattern);
    }

    /// The title matches.
    pub(super) fn title(&mut self, pattern: &Pattern) {
        let Some(whole) = pattern.whole() else {
            return self.like(TITLE, pattern);
        };
        // The key has a tab before the extension, and which dot that is, is not told by the text: both are looked up.
        let folded = fold(whole);
        let keys = [folded.rsplit_once('.').map(|(stem, ext)| format!("{stem}\t{ext}")), Some(format!("{folded}\t"))];
        let keys: Vec<String> = keys.into_iter().flatten().map(|key| self.text(key)).collect();
        let keys = keys.join(", ");
        self.and(match self.life {
            Life::Living if !self.few => format!(
                "no IN (SELECT no FROM file WHERE account_no = $1 AND trashed_at = 0 AND title_key = '' \
                 AND name_key IN ({keys}) UNION ALL SELECT no FROM file WHERE account_no = $1 AND trashed_at = 0 \
                 AND title_key <> '' AND title_key IN ({keys}))"
            ),
            Life::Living | Life::Trashed | Life::Either => format!("{TITLE_KEY} IN ({keys})"),
        });
    }

    /// What stands behind the title's last dot matches; a title without a dot has an empty extension.
    pub(super) fn extension(&mut self, pattern: &Pattern) {
        let tail = format!("SUBSTR({TITLE}, LENGTH(RTRIM({TITLE}, REPLACE({TITLE}, '.', ''))) + 1)");
        self.like(&format!("CASE WHEN {TITLE} LIKE '%.%' THEN {tail} ELSE '' END"), pattern);
    }

    /// The contact that a file is on lies in a span.
    pub(super) fn contact(&mut self, span: Span) {
        match span {
            Span { from: Some(from), to: Some(to) } if from == to && from > 0 => {
                let id = self.text(from.to_string());
                self.and(format!(
                    "personal = 0 AND no IN (SELECT file_no FROM link WHERE account_no = $1 \
                     AND record_type = 'contact' AND record_id = {id})"
                ));
            }
            span => self.span(&format!("({CONTACT})"), span),
        }
    }

    /// The digits of the contact that a file is on match a pattern.
    pub(super) fn contact_digits(&mut self, pattern: &Pattern) {
        self.digits(&format!("({CONTACT})"), pattern);
    }
}
