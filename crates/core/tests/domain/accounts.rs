//! Accounts that several nodes make at the same moment.

use crate::home::{Home, core};
use crate::on_both_engines;
use attache_core::Core;
use attache_db::{Db, Engine, Options, Target};
use attache_model::{AccountNo, Error, What};
use futures_util::future::join_all;
use std::collections::BTreeSet;

on_both_engines!(
    accounts_that_are_made_at_once_get_a_number_each,
    a_name_that_several_want_at_once_is_one_accounts,
    the_first_start_of_several_nodes_at_once_makes_one_account_and_shows_one_token,
);

/// As many as start together, and as a unit is run again for.
const AT_ONCE: usize = 4;

async fn accounts_that_are_made_at_once_get_a_number_each(home: Home) {
    let made = join_all((0..AT_ONCE).map(|no| make(&home.core, format!("made {no}")))).await;
    let numbers: BTreeSet<AccountNo> = made.into_iter().map(Result::unwrap).collect();
    assert_eq!(numbers.len(), AT_ONCE);
}

async fn a_name_that_several_want_at_once_is_one_accounts(home: Home) {
    let ends = join_all((0..AT_ONCE).map(|_| make(&home.core, String::from("wanted")))).await;
    let made = ends.iter().filter(|end| end.is_ok()).count();
    let taken = ends.iter().filter(|end| matches!(end, Err(Error::Exists { what: What::Account, .. }))).count();
    assert_eq!((made, taken), (1, AT_ONCE - 1), "{ends:?}");
}

async fn the_first_start_of_several_nodes_at_once_makes_one_account_and_shows_one_token(home: Home) {
    let empty = beside(&home).await;
    let starts = join_all((0..AT_ONCE).map(|_| first_start(&empty))).await;
    assert_eq!(starts.iter().filter(|shown| **shown).count(), 1, "{starts:?}");
    assert_eq!(empty.operator().accounts().await.unwrap().len(), 1);
}

/// A core on an empty database of the same engine.
async fn beside(home: &Home) -> Core {
    let folder = home.data().join("beside");
    std::fs::create_dir(&folder).unwrap();
    let target = match home.db.engine() {
        Engine::Sqlite => Target::Sqlite(folder.join("attache.db")),
        Engine::Postgres => Target::Postgres(attache_db::testing::database().await.expect("the engine is there")),
    };
    core(&Db::open(&target, &Options::default()).await.unwrap(), &folder, &home.clock).await
}

async fn make(core: &Core, name: String) -> Result<AccountNo, Error> {
    core.operator().make_account(&name).await.map(|account| account.no)
}

/// Whether this one made the account.
async fn first_start(core: &Core) -> bool {
    core.operator().first_start().await.unwrap().is_some()
}
