//! What must hold of any bytes that come in over the wire: the suite's own trials and the fuzz targets of `fuzz/` ask
//! the same.

use crate::json::{self, Members};
use crate::params::Query;
use attache_model::limits::Limits;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

pub use crate::multipart::trial::{any_form, any_head};
pub use crate::serve::trial::any_range;

/// Whatever `bytes` are, as a query and as JSON they are refused or read, and what was read is read again from what is
/// written of it.
pub fn any_parameters(bytes: &[u8]) {
    if let Some(query) = str::from_utf8(bytes).ok().and_then(|text| Query::parse(text).ok()) {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let written: Vec<_> =
            query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        assert_eq!(Query::parse(&written.join("&")).ok().as_ref(), Some(&query));
        for (name, _) in query.iter() {
            assert_eq!(query.one(name).is_err(), query.all(name).count() > 1, "{name:?}");
        }
    }
    let limits = Limits { json_depth: 4, ..Limits::default() };
    for members in [Members::Once, Members::LastWins] {
        let Ok(value) = json::parse::<Value>(bytes, "body", members, &limits) else { continue };
        assert!(depth(&value) <= limits.json_depth, "{value}");
        let again = json::parse::<Value>(value.to_string().as_bytes(), "body", members, &limits);
        assert_eq!(again.ok(), Some(value));
    }
}

fn depth(value: &Value) -> u64 {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
