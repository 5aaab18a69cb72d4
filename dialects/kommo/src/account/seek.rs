//! What a question for notes asks for: its filters and its order.

use super::asked::{self, Part, unreadable};
use attache_core::{NoteQuery, NoteSort, Order, Span};
use attache_http::Query;
use attache_model::Result;

const UPDATED: &str = "filter[updated_at]";
/// In a second.
const MICROS: i64 = 1_000_000;

/// Everything but the records, which may stand in the address.
///
/// # Errors
/// `ParameterInvalid` for a filter that cannot be read.
pub(crate) fn notes(query: &Query, part: Part) -> Result<NoteQuery> {
    Ok(NoteQuery {
        nos: asked::numbers(query, "filter[id]", 0)?,
        records: Vec::new(),
        kinds: asked::list(query, "filter[note_type]").map(str::to_owned).collect(),
        updated: updated(query)?,
        order: order(query)?,
        offset: part.offset(),
        limit: part.limit,
    })
}

/// The records that `filter[entity_id]` names.
///
/// # Errors
/// `ParameterInvalid` for what is no number.
pub(crate) fn records(query: &Query) -> Result<Vec<String>> {
    let ids = asked::numbers(query, "filter[entity_id]", 0)?;
    Ok(ids.into_iter().map(|id| id.to_string()).collect())
}

/// From a second on, or between two of them; both are part of it, so that nobody who asks for what came since the last
/// answer misses a note of the same second.
fn updated(query: &Query) -> Result<Span> {
    let second = |name: &str| asked::number(query, name, 0);
    let (since, from, to) =
        (second(UPDATED)?, second(&format!("{UPDATED}[from]"))?, second(&format!("{UPDATED}[to]"))?);
    Ok(Span {
        from: since.max(from).map(|second| second.saturating_mul(MICROS)),
        to: to.map(|second| second.saturating_mul(MICROS).saturating_add(MICROS - 1)),
    })
}

/// By the time of the last change or by number; the first that is asked for counts, and there is none where nobody asks.
fn order(query: &Query) -> Result<Option<Order<NoteSort>>> {
    for (name, by) in [("order[updated_at]", NoteSort::Updated), ("order[id]", NoteSort::No)] {
        let Some(text) = query.first(name).filter(|text| !text.is_empty()) else { continue };
        let descending = match text.to_ascii_lowercase().as_str() {
            "asc" => false,
            "desc" => true,
            _ => return Err(unreadable(name, text, "asc or desc")),
        };
        return Ok(Some(Order { by, descending }));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<NoteQuery> {
        let query = Query::parse(text).unwrap();
        let part = Part::of(&query)?;
        Ok(NoteQuery { records: records(&query)?, ..notes(&query, part)? })
    }

    #[test]
    fn every_filter_of_the_contract_is_read() {
        let query = read(
            "filter[id][]=1&filter[id][]=2&filter[entity_id][0]=5&filter[note_type][]=attachment&filter[note_type][]=common\
             &order[updated_at]=desc&page=2&limit=10",
        )
        .unwrap();
        assert_eq!(query.nos, [1, 2]);
        assert_eq!(query.records, ["5"]);
        assert_eq!(query.kinds, ["attachment", "common"]);
        assert_eq!(query.order, Some(Order { by: NoteSort::Updated, descending: true }));
        assert_eq!((query.offset, query.limit), (10, 10));
        assert_eq!(read("filter[note_type]=common&filter[id]=7").unwrap().nos, [7]);
    }

    #[test]
    fn a_time_alone_is_where_it_begins_and_both_ends_are_part_of_a_range() {
        let span = |text: &str| read(text).unwrap().updated;
        assert_eq!(span("filter[updated_at]=7"), Span { from: Some(7_000_000), to: None });
        let range = Span { from: Some(7_000_000), to: Some(9_999_999) };
        assert_eq!(span("filter[updated_at][from]=7&filter[updated_at][to]=9"), range);
        assert_eq!(span(""), Span::default());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "filter[id]=x",
            "filter[entity_id][]=-1",
            "filter[updated_at]=yesterday",
            "filter[updated_at][from]=x",
            "order[id]=up",
            "order[updated_at]=1",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
