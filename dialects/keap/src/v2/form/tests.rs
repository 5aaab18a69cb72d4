use super::*;
use attache_model::link::Record;
use http::HeaderValue;

fn part(name: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// A file's part; `extra` follows its name in the header.
fn file(extra: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"file\"{extra}\r\n\r\nbytes\r\n")
}

fn form(parts: &[String]) -> Form {
    let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
    let body = format!("{}--b--\r\n", parts.concat());
    Form::of(&headers, Body::from(body), &Limits::default()).unwrap()
}

/// Reads the whole form: how many files it has, and its fields with those of a query.
async fn read(parts: &[String], query: &str) -> Result<(usize, Fields)> {
    let (mut form, mut files) = (form(parts), 0);
    while form.next_file().await?.is_some() {
        files += 1;
    }
    Ok((files, form.finish(&Query::parse(query).unwrap()).0))
}

async fn fields(parts: &[String], query: &str) -> Fields {
    read(parts, query).await.unwrap().1
}

fn contact(id: &str) -> Option<Destination> {
    Some(Destination::Contact(Record::new("contact", id).unwrap()))
}

#[tokio::test]
async fn a_files_part_is_told_by_its_name_alone_and_stands_anywhere() {
    let name = part("file_name", "a.txt");
    for extra in ["", "; filename=\"\"", "; filename=\"file\"", "; filename=\"b.txt\""] {
        for parts in [[file(extra), name.clone()], [name.clone(), file(extra)]] {
            let (files, fields) = read(&parts, "").await.unwrap();
            assert_eq!(files, 1);
            assert_eq!(fields.name().unwrap().unwrap().full(), "a.txt");
        }
    }
}

#[tokio::test]
async fn texts_come_bare_or_as_json_strings() {
    for (association, name, id, public) in
        [("CONTACT", "a.txt", "7", "True"), ("\"CONTACT\"", "\"a.txt\"", "\"7\"", "\"true\"")]
    {
        let parts = [
            part("file_association", association),
            part("file_name", name),
            part("contact_id", id),
            part("is_public", public),
        ];
        let fields = fields(&parts, "").await;
        assert_eq!(fields.destination().unwrap(), contact("7"));
        assert_eq!(fields.name().unwrap().unwrap().full(), "a.txt");
        assert_eq!(fields.public().unwrap(), Some(true));
    }
}

#[test]
fn quotes_that_are_no_json_string_belong_to_the_text() {
    for text in ["\"", "\"a", "a\"", "\"a\"b\"", "", " a "] {
        assert_eq!(bare(text.to_owned()), text);
    }
    assert_eq!(bare(" \"a\\u00e4\" ".to_owned()), "a\u{e4}");
}

#[tokio::test]
async fn c11_the_query_says_what_no_part_says() {
    let query = "file_name=q.txt&file_association=company&contact_id=9&is_public=%22true%22&file=AAAA";
    let none = fields(&[], query).await;
    assert_eq!(none.name().unwrap().unwrap().full(), "q.txt");
    assert_eq!(none.destination().unwrap(), Some(Destination::Company));
    assert_eq!(none.public().unwrap(), Some(true));
    let parts = [part("file_name", "p.txt"), part("file_association", "CONTACT"), part("is_public", "0")];
    let some = fields(&parts, query).await;
    assert_eq!(some.name().unwrap().unwrap().full(), "p.txt");
    assert_eq!(some.destination().unwrap(), contact("9"));
    assert_eq!(some.public().unwrap(), Some(false));
}

#[tokio::test]
async fn what_nobody_says_is_not_there() {
    let fields = fields(&[part("is_public", ""), part("colour", "red")], "").await;
    assert_eq!(fields.name().unwrap(), None);
    assert_eq!(fields.destination().unwrap(), None);
    assert_eq!(fields.public().unwrap(), None);
}

#[tokio::test]
async fn a_request_without_a_body_is_an_empty_form() {
    let mut form = Form::of(&HeaderMap::new(), Body::empty(), &Limits::default()).unwrap();
    assert!(form.next_file().await.unwrap().is_none());
    let body = Body::from("{}");
    assert!(Form::of(&HeaderMap::new(), body, &Limits::default()).is_err(), "a body must say that it is a form");
}

#[tokio::test]
async fn a_part_that_comes_twice_is_refused_but_for_the_mask() {
    let twice = [part("file_name", "a"), part("file_name", "b")];
    assert_eq!(read(&twice, "").await.unwrap_err().to_string(), "file_name: the part was sent twice; send it once");
    let masks = fields(&[part("update_mask", "file"), part("update_mask", "is_public")], "").await;
    assert_eq!(masks.mask().unwrap(), Mask::of(["file,is_public"]).unwrap());
}

#[tokio::test]
async fn c06_a_form_that_is_longer_than_the_largest_file_allows_is_refused_before_it_is_read() {
    let limits = Limits { keap_file_bytes: 10, ..Limits::default() };
    let room = attache_http::body::Cap::multipart(&Limits { file_bytes: 10, ..Limits::default() }).bytes;
    let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
    for (len, fits) in [(room, true), (room + 1, false)] {
        headers.insert("content-length", HeaderValue::from(len));
        let refused = Form::of(&headers, Body::from("--b--"), &limits).err();
        assert_eq!(refused.is_none(), fits, "{len}");
        assert!(
            refused.is_none_or(|error| matches!(error, Error::TooLarge { limit: 10, .. })),
            "the file's limit is told"
        );
    }
}
