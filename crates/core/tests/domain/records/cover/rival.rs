//! Pictures that are chosen, moved and dropped at once: no owner ever has two.

use super::leave::ways;
use super::{PNG, account, attach, covers, marked, picture, put};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Attach, CardChange, Destination, FileUse, NewLink, NewValue};
use attache_model::file::File;
use attache_model::{Error, Owner};
use futures_util::future::join_all;

on_both_engines!(
    of_those_who_choose_at_once_one_has_its_choice,
    lists_of_many_files_and_changes_of_each_do_not_hinder_each_other,
    whatever_happens_at_once_no_owner_has_two_pictures,
);

async fn of_those_who_choose_at_once_one_has_its_choice(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut files = Vec::new();
    for no in 0..4 {
        files.push(picture(&reach, &format!("{no}.png"), 1).await);
    }
    for round in 0..20 {
        let one: Vec<Attach> =
            files[..2].iter().map(|file| attach(file, Some(file.no == files[round % 2].no))).collect();
        let (listed, chosen) = tokio::join!(
            reach.link_files(account(1), &one),
            join_all(files.iter().map(|file| reach.change_file(file.no, marked(true), None))),
        );
        listed.unwrap();
        for (file, chosen) in files.iter().zip(chosen) {
            assert_eq!((chosen.as_ref().unwrap().file.no, chosen.unwrap().file.cover), (file.no, true));
        }
        assert_eq!(covers(&home).await[&account(1)].len(), 1);
    }
}

async fn lists_of_many_files_and_changes_of_each_do_not_hinder_each_other(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut files = Vec::new();
    for no in 0..6 {
        files.push(picture(&reach, &format!("{no}.png"), 1).await);
    }
    for round in 0..10 {
        let list = |first: usize, step: usize| -> Vec<Attach> {
            let some = (0..6).map(|at| &files[(first + at * step) % 6]);
            some.enumerate().map(|(at, file)| attach(file, (at == 3).then_some(true))).collect()
        };
        let lists = [list(round, 1), list(round + 3, 5), list(0, 1), list(5, 5)];
        for end in join_all(lists.iter().map(|list| reach.link_files(account(1), list))).await {
            end.unwrap();
        }
        assert_eq!(covers(&home).await[&account(1)].len(), 1);
    }
}

/// Something that happens to one of some files.
#[derive(Clone, Copy, Debug)]
enum Act {
    Choose,
    Drop,
    Link(i64),
    Unlink,
    OtherFace(i64),
    OtherFaceOff(i64),
    Value(i64),
    ValueOff(i64),
    Trash,
    Restore,
}

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn act(&mut self) -> Act {
        let no = i64::try_from(self.below(2)).unwrap() + 1;
        match self.below(14) {
            0..=3 => Act::Choose,
            4 => Act::Drop,
            5 | 6 => Act::Link(no),
            7 => Act::Unlink,
            8 => Act::OtherFace(no),
            9 => Act::OtherFaceOff(no),
            10 => Act::Value(no),
            11 => Act::ValueOff(no),
            12 => Act::Trash,
            _ => Act::Restore,
        }
    }
}

async fn act(home: &Home, file: &File, field: i64, act: Act) -> Result<(), Error> {
    let reach = home.core.reach(&home.owner).unwrap();
    let company = |no| Owner::new("company", no).unwrap();
    let value = async |no, file| {
        let change = CardChange { values: vec![NewValue { field, file }], ..CardChange::of(company(no).into()) };
        home.records().change_cards(vec![change]).await.map(drop)
    };
    match act {
        Act::Choose => reach.change_file(file.no, marked(true), None).await.map(drop),
        Act::Drop => reach.change_file(file.no, marked(false), None).await.map(drop),
        Act::Link(no) => reach.link_files(company(no), &[attach(file, Some(true))]).await.map(drop),
        Act::Unlink => reach.unlink_file(file.no).await.map(drop),
        Act::OtherFace(no) => home.edit().link(file.no, NewLink::attached(company(no).into())).await.map(drop),
        Act::OtherFaceOff(no) => home.edit().unlink(file.no, &company(no).into(), None).await.map(drop),
        Act::Value(no) => value(no, Some(FileUse::of(file.id))).await,
        Act::ValueOff(no) => value(no, None).await,
        Act::Trash => home.remove().trash_files(&[file.no.into()]).await.map(drop),
        Act::Restore => home.edit().restore_files(&[file.no.into()]).await.map(drop),
    }
}

async fn whatever_happens_at_once_no_owner_has_two_pictures(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let field = ways(&home).await;
    let mut files = Vec::new();
    for no in 0..4 {
        files.push(put(&reach, &format!("{no}.png"), PNG, Destination::Company).await);
    }
    let (mut dice, mut chosen) = (Dice(1), 0);
    for round in 0..60 {
        let acts: Vec<(usize, Act)> = (0..6).map(|_| (usize::try_from(dice.below(4)).unwrap(), dice.act())).collect();
        let ends = join_all(acts.iter().map(|(at, what)| act(&home, &files[*at], field, *what))).await;
        for (what, end) in acts.iter().zip(ends) {
            let told = matches!(end, Ok(()) | Err(Error::NotFound(_) | Error::Invalid { .. } | Error::State { .. }));
            assert!(told, "round {round}, {what:?}: {end:?}");
        }
        chosen += covers(&home).await.len();
    }
    assert!(chosen > 20, "there were pictures to speak of: {chosen}");
}
