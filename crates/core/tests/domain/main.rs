//! The core through its public operations, on both engines: records, grants, tokens, and the census of statements.

#![expect(clippy::unwrap_used, reason = "what cannot go on has failed, in the tests' own functions too")]

mod accounts;
mod audit;
mod census;
mod entry;
mod erasures;
mod gone;
mod grants;
mod history;
mod hold;
mod home;
mod intake;
mod legal_hold;
mod nodes;
mod once;
mod preview;
mod property;
mod records;
mod scrub;
mod tokens;
mod upgrade;
mod webhooks;

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
