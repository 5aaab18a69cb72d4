//! In which order a list is.

use super::args::{Direction, List, Sorter};
use super::condition::unknown;
use attache_core::{FileSort, Order};
use attache_model::Result;

/// What files are sorted by.
const FILES: [(&str, FileSort); 13] = [
    ("id", FileSort::No),
    ("sonar_unique_id", FileSort::Id),
    ("created_at", FileSort::Created),
    ("updated_at", FileSort::Updated),
    ("_version", FileSort::Revision),
    ("description", FileSort::Description),
    ("file_size_in_bytes", FileSort::Size),
    ("fileable_id", FileSort::OwnerId),
    ("fileable_type", FileSort::OwnerKind),
    ("filename", FileSort::Title),
    ("mime_type", FileSort::MediaType),
    ("primary_image", FileSort::Cover),
    ("user_id", FileSort::Maker),
];

/// What is sorted by its number alone, or by what runs as that does.
pub(super) const NUMBERED: &[&str] = &["id", "sonar_unique_id"];

/// What entries of a log are ordered by: their numbers run with their times.
pub(super) const DATED: &[&str] = &["id", "sonar_unique_id", "created_at", "updated_at"];

/// The order of files. Of several sorters on one attribute the first counts.
///
/// # Errors
/// `Invalid` for an attribute that there is not.
pub(super) fn files(sorters: &List<Sorter>) -> Result<Vec<Order<FileSort>>> {
    let mut orders: Vec<Order<FileSort>> = Vec::new();
    for (path, sorter) in given(sorters) {
        let by = FILES.iter().find(|(name, _)| *name == sorter.attribute).map(|(_, by)| *by);
        let by = by.ok_or_else(|| unknown(&path, &sorter.attribute, FILES.iter().map(|(name, _)| *name)))?;
        if orders.iter().all(|order| order.by != by) {
            orders.push(Order { by, descending: sorter.direction == Direction::Desc });
        }
    }
    Ok(orders)
}

/// Whether things that have a number run downwards; all of `attributes` run as it does.
///
/// # Errors
/// `Invalid` for another attribute.
pub(super) fn descending(sorters: &List<Sorter>, attributes: &'static [&'static str]) -> Result<bool> {
    for (path, sorter) in given(sorters) {
        if !attributes.contains(&sorter.attribute.as_str()) {
            return Err(unknown(&path, &sorter.attribute, attributes.iter().copied()));
        }
    }
    Ok(sorters.iter().flatten().next().is_some_and(|sorter| sorter.direction == Direction::Desc))
}

/// The sorters that are not null, with the places of their attributes.
fn given(sorters: &List<Sorter>) -> impl Iterator<Item = (String, &Sorter)> {
    let some = sorters.iter().enumerate().filter_map(|(at, sorter)| Some((at, sorter.as_ref()?)));
    some.map(|(at, sorter)| (format!("sorter.{at}.attribute"), sorter))
}

#[cfg(test)]
mod tests {
    use super::super::args::ListArgs;
    use super::super::search::ATTRIBUTES;
    use super::*;
    use serde_json::{Value, json};

    fn sorters(json: Value) -> List<Sorter> {
        serde_json::from_value::<ListArgs>(Value::from_iter([("sorter", json)])).unwrap().sorter
    }

    fn by(attribute: &str, direction: &str) -> Value {
        json!({ "attribute": attribute, "direction": direction })
    }

    #[test]
    fn files_are_sorted_by_what_they_are_searched_by() {
        assert_eq!(FILES.map(|(name, _)| name).to_vec(), ATTRIBUTES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }

    #[test]
    fn several_sorters_count_one_after_another_and_each_attribute_once() {
        let orders =
            files(&sorters(json!([by("filename", "DESC"), null, by("id", "ASC"), by("filename", "ASC")]))).unwrap();
        let wanted = [(FileSort::Title, true), (FileSort::No, false)];
        assert_eq!(orders.iter().map(|order| (order.by, order.descending)).collect::<Vec<_>>(), wanted);
        assert!(files(&sorters(json!([null]))).unwrap().is_empty());
    }

    #[test]
    fn s17_an_attribute_that_there_is_not_is_named_with_those_that_there_are() {
        let told = files(&sorters(json!([by("id", "ASC"), by("owner", "ASC")]))).unwrap_err().to_string();
        assert!(told.starts_with("sorter.1.attribute: 'owner' is no attribute here; known are id, "), "{told}");
        let told = descending(&sorters(by("name", "ASC")), NUMBERED).unwrap_err().to_string();
        assert_eq!(told, "sorter.0.attribute: 'name' is no attribute here; known are id, sonar_unique_id");
        assert!(descending(&sorters(by("id", "DESC")), NUMBERED).unwrap());
        assert!(!descending(&sorters(json!([])), NUMBERED).unwrap());
        assert!(descending(&sorters(by("created_at", "DESC")), DATED).unwrap());
        assert!(descending(&sorters(by("created_at", "DESC")), NUMBERED).is_err());
    }
}
