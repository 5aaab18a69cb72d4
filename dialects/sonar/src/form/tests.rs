use super::*;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

/// The fields of a form with these parts.
async fn fields(parts: &[(&str, &str)]) -> Result<Fields> {
    let part = |(name, value): &(&str, &str)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}--b--\r\n", parts.iter().map(part).collect::<String>());
    let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
    let mut form = Multipart::of(&headers, Body::from(body), &Limits::default()).unwrap();
    let mut fields = Fields::default();
    while let Some(part) = form.next_part().await? {
        fields.keep(part).await?;
    }
    Ok(fields)
}

async fn owner(parts: &[(&str, &str)]) -> Result<Option<Owner>> {
    fields(parts).await.unwrap().owner()
}

#[test]
fn files_stand_in_parts_of_the_names_that_scripts_use() {
    for name in ["files[]", "files", "files[0]", "files[17]"] {
        assert!(is_file(name), "{name}");
    }
    for name in ["file", "Files[]", "files[", "files[a]", "files[]x", "files[0][1]", "files[-1]", "xfiles", ""] {
        assert!(!is_file(name), "{name}");
    }
}

#[test]
fn a_name_is_what_stands_behind_the_last_slash_without_control_characters() {
    for (sent, name) in [
        ("myFile.pdf", "myFile.pdf"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\u{0}.php\u{1b}[31m.jpg", "a.php[31m.jpg"),
        ("Gr\u{fc}\u{df}e 100%.txt", "Gr\u{fc}\u{df}e 100%.txt"),
        ("..", ".."),
        ("folder/", ""),
    ] {
        assert_eq!(last_element(sent), name);
    }
}

#[tokio::test]
async fn a_type_and_a_number_name_the_owner_and_nothing_names_none() {
    assert_eq!(owner(&[]).await.unwrap(), None);
    assert_eq!(owner(&[("description", "a"), ("else", "b")]).await.unwrap(), None);
    for id in ["49", " 49 "] {
        let named = owner(&[("fileable_id", id), ("fileable_type", "TicketReply")]).await.unwrap();
        assert_eq!(named, Owner::new("ticket_reply", 49));
    }
}

#[tokio::test]
async fn half_an_owner_and_an_unknown_one_are_refused_at_the_field() {
    let wrong: &[(&[(&str, &str)], &str)] = &[
        (&[("fileable_type", "Account")], "fileable_id: it is required beside fileable_type"),
        (&[("fileable_id", "1")], "fileable_type: it is required beside fileable_id"),
        (&[("fileable_type", "Account"), ("fileable_id", "0")], "fileable_id: it must be a whole number, 1 or more"),
        (&[("fileable_type", "Account"), ("fileable_id", "-1")], "fileable_id: it must be a whole number, 1 or more"),
        (&[("fileable_type", "Account"), ("fileable_id", "")], "fileable_id: it must be a whole number, 1 or more"),
        (&[("fileable_type", "Account"), ("fileable_id", "1.5")], "fileable_id: it must be a whole number, 1 or more"),
        (
            &[("fileable_type", "Account"), ("fileable_id", "9223372036854775808")],
            "fileable_id: it must be a whole number, 1 or more",
        ),
    ];
    for (parts, why) in wrong {
        assert_eq!(owner(parts).await.unwrap_err().to_string(), *why);
    }
    let unknown = owner(&[("fileable_type", "Contact"), ("fileable_id", "1")]).await.unwrap_err().to_string();
    assert!(
        unknown.starts_with("fileable_type: 'Contact' is no type of owner; known are Account, AchBatch"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused() {
    for name in ["fileable_type", "fileable_id", "description"] {
        let error = fields(&[(name, "1"), (name, "1")]).await.unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::DuplicateParameter, .. }), "{name}: {error}");
    }
    assert!(fields(&[("else", "1"), ("else", "1")]).await.is_ok());
}

#[tokio::test]
async fn a_description_is_as_long_as_its_limit_and_no_longer() {
    let limits = Limits { description_bytes: 4, ..Limits::default() };
    let said = async |text| fields(&[("description", text)]).await.unwrap().description(&limits);
    assert_eq!(said("1234").await.unwrap(), "1234");
    assert!(matches!(said("12345").await, Err(Error::TooLarge { code: Code::FieldTooLarge, limit: 4 })));
    assert!(matches!(said("a\0").await, Err(Error::Invalid { .. })));
    assert_eq!(Fields::default().description(&limits).unwrap(), "");
}

#[test]
fn a_form_has_room_for_its_files_and_for_fields_beside_them() {
    let limits = Limits::default();
    let form = bounds(&limits);
    assert_eq!(form.file_bytes, limits.sonar_parts * limits.sonar_file_bytes);
    assert_eq!(form.multipart_parts, limits.sonar_parts + limits.multipart_parts);
}

#[test]
fn a_file_is_never_longer_than_on_any_other_face() {
    let limits = Limits { file_bytes: 10, sonar_file_bytes: 100, ..Limits::default() };
    assert_eq!(longest(&limits), 10);
    let told = of_file(Error::TooLarge { code: Code::FileTooLarge, limit: 200 }, &limits);
    assert!(matches!(told, Error::TooLarge { code: Code::FileTooLarge, limit: 10 }));
}

#[test]
fn a_name_or_a_length_stops_one_file_and_anything_else_the_form() {
    for (name, error) in attache_model::error::examples::examples() {
        let is_the_files = name.starts_with("invalid") || name.starts_with("too_large") || name == "key_reused";
        assert_eq!(stops_the_form(&error), !is_the_files, "{name}");
    }
}
