//! Scopes as `attache token create --scopes` takes them: our own names, a vendor's names behind its prefix, or `all`.

use attache_model::Scope;
use attache_model::scope::Scopes;

/// A vendor's prefix and the meaning of its names.
type Vendor = (&'static str, fn(&str) -> Option<Scopes>);

/// The vendors whose names are understood.
const VENDORS: &[Vendor] = &[
    ("hubspot", attache_hubspot::scope::scopes),
    ("kommo", attache_kommo::scope::scopes),
    ("keap", attache_keap::scope::scopes),
    ("sonar", attache_sonar::scope::scopes),
];

/// Reads a list separated by commas.
///
/// # Errors
/// A sentence that names the scope that is not known, and those that are.
pub fn parse(list: &str) -> Result<Scopes, String> {
    let mut scopes = Vec::new();
    for name in list.split(',').map(str::trim) {
        scopes.extend(one(name)?.iter());
    }
    Ok(scopes.into_iter().collect())
}

fn one(name: &str) -> Result<Scopes, String> {
    if name == "all" {
        return Ok(Scopes::all());
    }
    if let Some(scope) = Scope::from_word(name) {
        return Ok([scope].into_iter().collect());
    }
    let Some((prefix, vendors_name)) = name.split_once(':') else { return Err(unknown(name)) };
    let Some((_, meaning)) = VENDORS.iter().find(|(vendor, _)| *vendor == prefix) else { return Err(unknown(name)) };
    meaning(vendors_name).ok_or_else(|| format!("'{vendors_name}' is no scope that {prefix} has for files"))
}

fn unknown(name: &str) -> String {
    let own: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
    let vendors: Vec<String> = VENDORS.iter().map(|(prefix, _)| format!("{prefix}:<{prefix}'s name>")).collect();
    format!("'{name}' is no known scope; known are all, {} and {}", own.join(", "), vendors.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_names_vendors_names_and_all_can_be_mixed() {
        let read = parse("files:read").unwrap();
        assert!(read.has(Scope::FilesRead) && !read.has(Scope::FilesWrite));
        assert_eq!(parse("files:read,all"), Ok(Scopes::all()));
        assert!(parse("settings, hubspot:files").unwrap().has(Scope::Settings));
        assert!(parse("hubspot:files").unwrap().has(Scope::FilesWrite));
        assert!(parse("kommo:files,kommo:crm").unwrap().has(Scope::Records));
        assert!(parse("sonar:READ_FILE").unwrap().has(Scope::FilesLinked));
    }

    #[test]
    fn an_unknown_name_is_told_together_with_the_known_ones() {
        for name in ["", "files", "files:fly", "salesforce:files", "files:read,,settings"] {
            let why = parse(name).expect_err(name);
            assert!(why.contains("files:read") && why.contains("hubspot:"), "{why}");
        }
        assert!(parse("hubspot:crm.objects").expect_err("not about files").contains("hubspot"));
    }
}
