//! Records through the public operations, on both engines: cards, fields and their values, notes, the feed and the tab;
//! and the files that a caller reaches by whose they are.

#![expect(clippy::unwrap_used, reason = "what cannot go on has failed, in the tests' own functions too")]

mod card;
mod erase;
mod feed;
mod field;
mod home;
mod limit;
mod note;
mod reach;
mod sight;
mod tab;
mod tenant;
mod title;
mod value;

/// Makes a test on each engine of every check `async fn name(home: Home)`.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(crate::home::Home::sqlite().await).await;
                }
            )+
        }
        mod on_postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    if let Some(home) = crate::home::Home::postgres().await {
                        super::$name(home).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both_engines;
