//! What each test on files and folders is in SQL.

use super::built::{Built, Own};
use super::words::words;
use crate::op::place;
use crate::query::{FileTest, FolderTest, Life, Span};
use crate::table::link::{ON_CONTACT, OWNER_ID, OWNER_ID_FIRST, OWNER_KIND, OWNER_KIND_FIRST};
use crate::unit::{Outcome, Tenanted};
use attache_model::link::{Origin, Record};
use attache_model::name::{fold, split_path};
use attache_model::{Audience, Time};

/// The folded name as people write it: the key has a tab where the name has the dot before its extension.
const NAME_WITH_DOT: &str = "REPLACE(name_key, '\t', '.')";

/// Whether a test leaves few files of a large account: those of one record, or some that are named.
pub(super) fn leaves_few(test: &FileTest) -> bool {
    match test {
        FileTest::NoIn(_) | FileTest::IdIn(_) | FileTest::OnRecord(_) | FileTest::InTab(_) => true,
        FileTest::Contact(Span { from: Some(from), to: Some(to) }) => from == to && *from > 0,
        FileTest::OwnerIs { id: Span { from: Some(from), to: Some(to) }, .. } => from == to,
        FileTest::AllOf(tests) => tests.iter().any(leaves_few),
        FileTest::AnyOf(tests) => tests.iter().all(leaves_few),
        _ => false,
    }
}

/// Adds one test on files.
pub(super) async fn file_test(t: &mut Tenanted<'_>, built: &mut Built, test: &FileTest) -> Outcome<()> {
    match test {
        FileTest::NoIn(nos) => built.any("no", nos.iter().map(|no| Own::Int(*no))),
        FileTest::IdIn(ids) => built.any("id", ids.iter().map(|id| Own::Text(id.to_string()))),
        FileTest::No(span) => built.span("no", *span),
        FileTest::Created(span) => built.span("created_at", *span),
        FileTest::Updated(span) => built.span("updated_at", *span),
        FileTest::Expires(span) => {
            built.span("expires_at", *span);
            built.and(format!("expires_at < {}", Time::NEVER.0));
        }
        FileTest::Size(span) => built.span("size", *span),
        FileTest::Width(span) => built.span("width", *span),
        FileTest::Height(span) => built.span("height", *span),
        FileTest::NameContains(needle) => built.contains(NAME_WITH_DOT, needle),
        FileTest::NameIs(name) => {
            let value = built.text(name);
            built.and(format!("name = {value}"));
        }
        FileTest::NameLike(name) => name_like(built, name),
        FileTest::Words(list) => words(t, built, list).await?,
        FileTest::Term(needle) => term(built, needle),
        FileTest::PathIs(path) => path_test(t, built, path).await?,
        FileTest::InFolder(folders) => built.any("folder_no", folders.iter().map(|no| Own::Int(no.0))),
        FileTest::Under(folder) => {
            let value = built.int(folder.0);
            built.and(under(&value));
        }
        FileTest::ExtensionIn(list) => built.any("ext", list.iter().map(|ext| Own::Text(ext.to_ascii_lowercase()))),
        FileTest::KindIn(kinds) => built.any("kind", kinds.iter().map(|kind| Own::Int(kind.code()))),
        FileTest::MediaType(media_type) => media_type_test(built, media_type),
        FileTest::Encoding(encoding) => {
            let value = built.text(encoding);
            built.and(format!("encoding = {value}"));
        }
        FileTest::Usable(usable) => {
            let value = built.int(i64::from(*usable));
            built.and(format!("usable = {value}"));
        }
        FileTest::Public(public) => {
            let levels = attache_model::Access::ALL.into_iter().filter(|access| access.is_public() == *public);
            built.any("access", levels.map(|access| Own::Int(access.code())));
        }
        FileTest::AccessIn(levels) => built.any("access", levels.iter().map(|access| Own::Int(access.code()))),
        FileTest::Md5(md5) => {
            let value = built.text(md5.to_string());
            built.and(format!("md5 = {value}"));
        }
        FileTest::Sha256(sha256) => {
            let value = built.text(sha256.to_string());
            built.and(format!(
                "no IN (SELECT v.file_no FROM blob b JOIN version v ON v.account_no = $1 AND v.blob_key = b.key \
                 WHERE b.account_no = $1 AND b.sha256 = {value}) AND sha256 = {value}"
            ));
        }
        FileTest::CreatedBy(users) => built.any("created_by", users.iter().map(|user| Own::Int(user.0))),
        FileTest::UpdatedBy(users) => built.any("updated_by", users.iter().map(|user| Own::Int(user.0))),
        FileTest::TitleMatches(pattern) => built.title(pattern),
        FileTest::ExtensionMatches(pattern) => built.extension(pattern),
        FileTest::NoMatches(pattern) => built.digits("no", pattern),
        FileTest::SizeMatches(pattern) => built.digits("size", pattern),
        FileTest::ContactMatches(pattern) => built.contact_digits(pattern),
        FileTest::Contact(span) => built.contact(*span),
        FileTest::AudienceIn(audiences) => audience_in(built, audiences),
        FileTest::DescriptionMatches(pattern) => built.like("description_key", pattern),
        FileTest::Described(described) => {
            built.and(String::from(if *described { "description <> ''" } else { "description = ''" }));
        }
        FileTest::MediaTypeMatches(pattern) => built.like("LOWER(media_type)", pattern),
        FileTest::IdMatches(pattern) => built.like("id", pattern),
        FileTest::RevisionMatches(pattern) => built.digits("revision", pattern),
        FileTest::Cover(cover) => built.span("cover", Span::exactly(i64::from(*cover))),
        FileTest::Maker(span) => built.span("created_by", *span),
        FileTest::Owned(owned) => {
            built.and(format!("{OWNER_KIND} IS {}", if *owned { "NOT NULL" } else { "NULL" }));
        }
        FileTest::OwnerIs { kinds, id } => owner_is(built, kinds, *id),
        // As a text that is there, so that its opposite holds for files without an owner.
        FileTest::OwnerIdMatches(pattern) => {
            built.and(format!("{OWNER_KIND} IS NOT NULL"));
            built.like(&format!("COALESCE(CAST({OWNER_ID} AS TEXT), '')"), pattern);
        }
        FileTest::AllOf(tests) => {
            let all = each(t, built, tests).await?;
            all.into_iter().for_each(|condition| built.and(condition));
        }
        FileTest::AnyOf(tests) => match each(t, built, tests).await?.as_slice() {
            [] => built.never(),
            some => built.and(format!("({})", some.join(" OR "))),
        },
        FileTest::Not(test) => {
            let denied = each(t, built, std::slice::from_ref(test)).await?.join(" AND ");
            built.and(format!("NOT {denied}"));
        }
        FileTest::OnRecord(record) => on_record(built, record, ""),
        FileTest::InTab(record) => on_record(built, record, &format!(" AND origin <> {}", Origin::Field.code())),
    }
    Ok(())
}

/// The condition of each of some tests, in brackets, taken off those that are built.
async fn each(t: &mut Tenanted<'_>, built: &mut Built, tests: &[FileTest]) -> Outcome<Vec<String>> {
    let mut conditions = Vec::with_capacity(tests.len());
    for test in tests {
        let first = built.conditions.len();
        Box::pin(file_test(t, built, test)).await?;
        let all = built.conditions.split_off(first);
        conditions.push(if all.is_empty() { String::from("(1 = 1)") } else { format!("({})", all.join(" AND ")) });
    }
    Ok(conditions)
}

/// The owner is one of a type among `kinds`, and its number in a span.
fn owner_is(built: &mut Built, kinds: &[&'static str], id: Span) {
    let marks: Vec<String> = kinds.iter().map(|kind| built.text(*kind)).collect();
    let marks = marks.join(", ");
    match id {
        _ if kinds.is_empty() => built.never(),
        Span { from: Some(from), to: Some(to) } if from == to => {
            let id = built.text(from.to_string());
            built.and(format!(
                "no IN (SELECT file_no FROM link WHERE account_no = $1 AND record_type IN ({marks}) \
                 AND record_id = {id})"
            ));
        }
        id => {
            // What has no owner is no unknown: it is not of this type, and a test for that leaves it.
            built.and(format!("{OWNER_KIND_FIRST} IN ({marks})"));
            built.span(OWNER_ID_FIRST, id);
        }
    }
}

fn audience_in(built: &mut Built, audiences: &[Audience]) {
    let one = |audience: &Audience| match audience {
        Audience::User => String::from("personal = 1"),
        Audience::Contact => format!("(personal = 0 AND {ON_CONTACT})"),
        Audience::Company => format!("(personal = 0 AND NOT {ON_CONTACT})"),
    };
    match audiences {
        [] => built.never(),
        some => built.and(format!("({})", some.iter().map(one).collect::<Vec<_>>().join(" OR "))),
    }
}

fn on_record(built: &mut Built, record: &Record, only: &str) {
    let (kind, id) = (built.text(record.kind()), built.text(record.id()));
    built.and(format!(
        "no IN (SELECT file_no FROM link WHERE account_no = $1 AND record_type = {kind} AND record_id = {id}{only})"
    ));
}

/// The folded name is `name`, or `name` and any extension. Both are places in the index of the living files' folded
/// names, which is told outright: a choice between two conditions is not looked up in it by itself.
pub(super) fn name_like(built: &mut Built, name: &str) {
    let folded = fold(name);
    // A line feed is the character after the tab.
    let (from, to) = (built.text(format!("{folded}\t")), built.text(format!("{folded}\n")));
    let any_extension = format!("name_key >= {from} AND name_key < {to}");
    let Some((stem, ext)) = folded.rsplit_once('.') else { return built.and(any_extension) };
    let whole = built.text(format!("{stem}\t{ext}"));
    built.and(match built.life {
        Life::Living => format!(
            "no IN (SELECT no FROM file WHERE account_no = $1 AND trashed_at = 0 AND name_key = {whole} UNION ALL \
             SELECT no FROM file WHERE account_no = $1 AND trashed_at = 0 AND {any_extension})"
        ),
        Life::Trashed | Life::Either => format!("(name_key = {whole} OR ({any_extension}))"),
    });
}

/// The folded name has `needle` somewhere, or the name of a record's card does. An account has fewer cards than links:
/// the join that cannot be turned around begins with them.
pub(super) fn term(built: &mut Built, needle: &str) {
    let pattern = built.pattern(needle);
    built.and(format!(
        "({NAME_WITH_DOT} LIKE {pattern} OR no IN (SELECT l.file_no FROM card c CROSS JOIN link l \
         WHERE c.account_no = $1 AND c.name_key LIKE {pattern} \
         AND l.account_no = $1 AND l.record_type = c.record_type AND l.record_id = c.record_id))"
    ));
}

async fn path_test(t: &mut Tenanted<'_>, built: &mut Built, path: &str) -> Outcome<()> {
    let mut names = split_path(path)?;
    let Some(name) = names.pop() else {
        built.never();
        return Ok(());
    };
    match place::walk(t, &names).await? {
        (folder, 0) => {
            let (folder, name) = (built.int(folder.0), built.text(name));
            built.and(format!("folder_no = {folder} AND name = {name}"));
        }
        _ => built.never(),
    }
    Ok(())
}

pub(super) fn media_type_test(built: &mut Built, media_type: &str) {
    match media_type.strip_suffix("/*") {
        Some(family) => {
            let (from, to) = (built.text(format!("{family}/")), built.text(format!("{family}0")));
            // '0' is the character after '/'.
            built.and(format!("media_type >= {from} AND media_type < {to}"));
        }
        None => {
            let value = built.text(media_type);
            built.and(format!("media_type = {value}"));
        }
    }
}

/// The condition that a file is in a folder or anywhere below it.
fn under(folder: &str) -> String {
    format!(
        "folder_no IN (WITH RECURSIVE down(no) AS (SELECT CAST({folder} AS BIGINT) UNION ALL \
         SELECT f.no FROM folder f JOIN down ON f.parent_no = down.no WHERE f.account_no = $1 AND f.trashed_at = 0) \
         SELECT no FROM down)"
    )
}

/// Adds one test on folders.
pub(super) async fn folder_test(t: &mut Tenanted<'_>, built: &mut Built, test: &FolderTest) -> Outcome<()> {
    match test {
        FolderTest::NoIn(nos) => built.any("no", nos.iter().map(|no| Own::Int(*no))),
        FolderTest::No(span) => built.span("no", *span),
        FolderTest::Created(span) => built.span("created_at", *span),
        FolderTest::Updated(span) => built.span("updated_at", *span),
        FolderTest::NameContains(needle) => built.contains("name_key", needle),
        FolderTest::NameIs(name) => {
            let value = built.text(name);
            built.and(format!("name = {value}"));
        }
        FolderTest::PathIs(path) => match place::walk(t, &split_path(path)?).await? {
            (no, 0) => built.span("no", Span::exactly(no.0)),
            _ => built.never(),
        },
        FolderTest::InFolder(folders) => built.any("parent_no", folders.iter().map(|no| Own::Int(no.0))),
    }
    Ok(())
}
