//! Declared and built statements.

use attache_db::{Error, sql, statements};

use crate::store::{Store, add};

sql!(SPLIT, sqlite: "SELECT 'sqlite'", postgres: "SELECT 'postgres'::text");

#[test]
fn every_declared_statement_is_registered() {
    let names: Vec<&str> = statements().iter().map(|sql| sql.name).collect();
    for name in ["INSERT", "NAMES", "PUT", "WRONG", "SPLIT"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    let split: Vec<&str> = statements().iter().filter(|sql| sql.is_split()).map(|sql| sql.name).collect();
    assert!(split.contains(&"SPLIT") && !split.contains(&"INSERT"), "{split:?}");
    assert!(SPLIT.module.ends_with("statements"));
}

async fn a_split_statement_is_the_engines_own(store: Store) {
    let said = store.db.read(|tx| Box::pin(async move { tx.one(&SPLIT, &[], |rec| rec.text(0)).await }));
    let wanted = match store.db.engine() {
        attache_db::Engine::Sqlite => "sqlite",
        attache_db::Engine::Postgres => "postgres",
    };
    assert_eq!(said.await.unwrap().as_deref(), Some(wanted));
}

async fn built_statements_beyond_the_cache_still_run(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    let found = store.db.read(|tx| {
        Box::pin(async move {
            let mut found = 0;
            for round in 0..2 {
                for count in 0..600 {
                    let text = format!("SELECT id + {count} FROM thing WHERE id = $1 AND {round} = {round}");
                    found += tx.one(&text, &[1_i64.into()], |rec| rec.int(0)).await?.unwrap_or(0);
                }
            }
            Ok::<_, Error>(found)
        })
    });
    assert_eq!(found.await.unwrap(), 2 * (600 + 599 * 300));
}

on_both_engines!(a_split_statement_is_the_engines_own, built_statements_beyond_the_cache_still_run);
