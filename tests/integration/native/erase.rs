//! After an erase neither bytes nor name are anywhere in the data folder: not in the contents, not in the database's
//! file, not in its log.

use super::{at, is_sound, names};
use attache_tests::{Ask, Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

/// Files of each size.
const EACH: usize = 160;
/// Lengths: inside one database page, over several, and on the volume.
const LENGTHS: [usize; 4] = [40, 1500, 20_000, 80_000];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_bytes_nor_name_of_an_erased_file_stay_in_the_data_folder() {
    let Some(app) = TestApp::on_disk().await else { return };
    let client = app.client("all").await;
    let mut files = Vec::new();
    for chunk in marks().chunks(16) {
        files.extend(join_all(chunk.iter().map(|mark| store(&client, mark))).await);
    }
    // Every third goes, in an order of its own, from between its neighbours.
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for (no, (mark, file)) in marks().into_iter().zip(files).enumerate() {
        if no % 3 == 1 { gone.push((mark, file)) } else { kept.push(mark) }
    }
    gone.sort_by_key(|(mark, _)| mark.name.chars().rev().collect::<String>());
    for (_, file) in &gone {
        client.delete(&format!("{}?erase=true", at(file))).ask().await.expect(204);
    }
    assert_eq!(names(&client, "/v1/files").await.len(), kept.len());
    is_sound(&app).await;

    let folder = Folder::read(app.data());
    let found = folder.marks();
    for mark in &kept {
        assert!(found.contains_key(&mark.word), "the search does not find what is kept: {}", mark.word);
    }
    let left: Vec<_> = gone
        .iter()
        .flat_map(|(mark, _)| [&mark.word, &mark.name])
        .filter_map(|word| Some((word, found.get(word.trim_end_matches(".txt"))?)))
        .collect();
    assert!(left.is_empty(), "{} of {} words stay: {left:#?}", left.len(), gone.len() * 2);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_versions_former_names_and_kept_answers_go_with_an_erased_file() {
    let Some(app) = TestApp::on_disk().await else { return };
    let client = app.client("all").await;
    let first = client.post("/v1/files?name=FormerName77.txt&record=deal/7").header("Idempotency-Key", "k");
    let file = first.body("FirstContent77 ".repeat(20)).ask().await.expect(201);
    client.put(&format!("{}/content", at(&file))).body("SecondContent77").ask().await.expect(200);
    let change = json!({
        "name": "LaterName77.txt",
        "folder": "/f",
        "description": "FormerWords77",
        "metadata": { "note": "MetaText77" },
    });
    client.patch(&at(&file)).json(&change).ask().await.expect(200);
    client.patch(&at(&file)).json(&json!({ "description": "LaterWords77" })).ask().await.expect(200);
    client.delete(&at(&file)).ask().await.expect(204);
    client.delete(&format!("{}?erase=true", at(&file))).ask().await.expect(204);
    let folder = Folder::read(app.data());
    let names = ["FormerName77", "formername77", "LaterName77"];
    let texts = ["FirstContent77", "SecondContent77", "MetaText77"];
    let words = ["FormerWords77", "formerwords77", "LaterWords77", "laterwords77"];
    for word in names.into_iter().chain(texts).chain(words) {
        assert!(!folder.holds(word), "{word} stays in {:?}", folder.where_is(word));
    }
    app.stop().await;
}

/// Length of every word, and of every name without its extension.
const MARK_LEN: usize = "name0000of000000end".len();

/// What a file is recognised by.
struct Mark {
    name: String,
    word: String,
    len: usize,
}

fn marks() -> Vec<Mark> {
    (0..EACH)
        .flat_map(|no| LENGTHS.map(|len| (no, len)))
        .map(|(no, len)| {
            // Names are spread over the alphabet, so that they land between each other.
            let spread = no * 37 % EACH;
            Mark { name: format!("name{spread:04}of{len:06}end.txt"), word: format!("byte{no:04}of{len:06}end"), len }
        })
        .collect()
}

async fn store(client: &Client, mark: &Mark) -> Value {
    // The word stands at the beginning, in the middle and at the end.
    let mut content = mark.word.clone().into_bytes();
    content.resize(mark.len, b'.');
    let end = mark.len - mark.word.len();
    content[end..].copy_from_slice(mark.word.as_bytes());
    super::post(client, &format!("name={}&folder=/f", mark.name), content).await.expect(201)
}

/// Everything in a data folder.
struct Folder(Vec<(String, Vec<u8>)>);

impl Folder {
    fn read(path: &Path) -> Folder {
        let mut files = Vec::new();
        gather(path, &mut files);
        Folder(files)
    }

    /// Every name and word of a mark, and where it is first.
    fn marks(&self) -> HashMap<String, (&str, usize)> {
        let mut found = HashMap::new();
        for (file, bytes) in &self.0 {
            let ends = bytes.windows(MARK_LEN).enumerate().filter(|(_, window)| window.ends_with(b"end"));
            for (at, window) in ends {
                found.entry(String::from_utf8_lossy(window).into_owned()).or_insert((file.as_str(), at));
            }
        }
        found
    }

    fn holds(&self, word: &str) -> bool {
        !self.where_is(word).is_empty()
    }

    /// The files that hold a word, and where in them.
    fn where_is(&self, word: &str) -> Vec<(&str, usize)> {
        let find = |bytes: &[u8]| bytes.windows(word.len()).position(|window| window == word.as_bytes());
        self.0.iter().filter_map(|(name, bytes)| Some((name.as_str(), find(bytes)?))).collect()
    }
}

fn gather(path: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(path).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push((path.display().to_string(), bytes));
        }
    }
}
