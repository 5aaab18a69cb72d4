//! The feed of a record, as people read it.

use crate::home::{Home, SECOND};
use crate::on_both_engines;
use crate::records::acts::{attachment, words};
use attache_core::{NewNote, Start};
use attache_model::link::Record;
use attache_model::note::FeedItem;
use attache_model::page::Next;
use attache_model::{Scope, Time, UserNo};
use std::time::Duration;

on_both_engines!(
    a_text_and_a_file_of_one_author_and_second_are_one_item,
    what_differs_in_author_second_record_or_kind_stays_apart,
    several_files_go_with_the_first_text_of_their_second,
    the_feed_goes_on_page_by_page_without_tearing_items,
    who_may_not_read_records_sees_files_without_words,
    the_feed_of_a_record_that_nothing_names_is_empty,
);

/// The items of a feed as texts with the names of their files.
async fn feed(home: &Home, record: &Record) -> Vec<(String, Vec<String>)> {
    home.edit().feed(record, Start::First, 100).await.unwrap().items.into_iter().map(shown).collect()
}

fn shown(item: FeedItem) -> (String, Vec<String>) {
    (item.text, item.files.into_iter().map(|file| file.name).collect())
}

fn line(text: &str, files: &[&str]) -> (String, Vec<String>) {
    (text.to_owned(), files.iter().map(|name| (*name).to_owned()).collect())
}

async fn a_text_and_a_file_of_one_author_and_second_are_one_item(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    let at = |seconds: u64, note: NewNote| {
        let created_at = Some(SECOND.plus(Duration::from_secs(seconds)));
        NewNote { created_at, ..note }
    };
    home.note(at(1, attachment(&deal, &file))).await.unwrap();
    home.note(at(1, words(&deal, "file first"))).await.unwrap();
    home.note(at(2, words(&deal, "words first"))).await.unwrap();
    home.note(at(2, attachment(&deal, &file))).await.unwrap();
    assert_eq!(feed(&home, &deal).await, [line("words first", &["a.txt"]), line("file first", &["a.txt"])]);
    let item = home.edit().feed(&deal, Start::First, 1).await.unwrap().items.remove(0);
    assert_eq!((item.at.seconds(), item.author), (SECOND.seconds() + 2, UserNo::OWNER));
}

async fn what_differs_in_author_second_record_or_kind_stays_apart(home: Home) {
    let (deal, other, file) = (home.deal().await, home.deal().await, home.file("a.txt").await);
    home.note(attachment(&deal, &file)).await.unwrap();
    let later = Some(Time::from_millis((SECOND.seconds() + 1) * 1000));
    home.note(NewNote { created_at: later, ..words(&deal, "later") }).await.unwrap();
    home.note(NewNote { created_by: Some(UserNo(9)), ..words(&deal, "another's") }).await.unwrap();
    home.note(NewNote { text: "a call".into(), ..NewNote::of(deal.clone(), "call_in") }).await.unwrap();
    home.note(words(&other, "elsewhere")).await.unwrap();
    let expected = [line("later", &[]), line("a call", &[]), line("another's", &[]), line("", &["a.txt"])];
    assert_eq!(feed(&home, &deal).await, expected);
}

async fn several_files_go_with_the_first_text_of_their_second(home: Home) {
    let (deal, a, b) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    let notes = vec![attachment(&deal, &a), words(&deal, "first"), words(&deal, "second"), attachment(&deal, &b)];
    home.records().put_notes(notes).await.unwrap();
    assert_eq!(feed(&home, &deal).await, [line("second", &[]), line("first", &["a.txt", "b.txt"])]);
    let first = home.edit().feed(&deal, Start::First, 1).await.unwrap();
    assert_eq!(first.items.into_iter().map(shown).collect::<Vec<_>>(), [line("second", &[])]);
    let Some(Next::Cursor(cursor)) = first.next else { panic!("there is more") };
    let second = home.edit().feed(&deal, Start::Cursor(cursor), 1).await.unwrap();
    assert_eq!(second.items.into_iter().map(shown).collect::<Vec<_>>(), [line("first", &["a.txt", "b.txt"])]);
    assert_eq!(second.next, None);
}

async fn the_feed_goes_on_page_by_page_without_tearing_items(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    for no in 0..7 {
        let created_at = Some(SECOND.plus(Duration::from_secs(no / 2)));
        home.note(NewNote { created_at, created_by: Some(UserNo(no as i64 + 2)), ..words(&deal, &no.to_string()) })
            .await
            .unwrap();
        home.note(NewNote { created_at, created_by: Some(UserNo(no as i64 + 2)), ..attachment(&deal, &file) })
            .await
            .unwrap();
    }
    let whole = feed(&home, &deal).await;
    assert_eq!(whole.len(), 7);
    for limit in [1, 2, 3, 7] {
        let (mut read, mut start) = (Vec::new(), Start::First);
        loop {
            let page = home.edit().feed(&deal, start, limit).await.unwrap();
            read.extend(page.items.into_iter().map(shown));
            match page.next {
                Some(Next::Cursor(cursor)) => start = Start::Cursor(cursor),
                _ => break,
            }
        }
        assert_eq!(read, whole, "{limit}");
    }
}

async fn who_may_not_read_records_sees_files_without_words(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    home.records().put_notes(vec![attachment(&deal, &file), words(&deal, "private")]).await.unwrap();
    let named = NewNote { text: "private, too".into(), ..attachment(&deal, &file) };
    home.note(named).await.unwrap();
    let clerk = home.user(5, &[Scope::FilesRead]).await;
    let items = home.core.view(&clerk).unwrap().feed(&deal, Start::First, 10).await.unwrap().items;
    assert_eq!(items.into_iter().map(shown).collect::<Vec<_>>(), [line("", &["a.txt"]), line("", &["a.txt"])]);
    assert!(home.core.records(&clerk).is_err());
}

async fn the_feed_of_a_record_that_nothing_names_is_empty(home: Home) {
    assert!(feed(&home, &crate::records::acts::record("deal/777")).await.is_empty());
}
