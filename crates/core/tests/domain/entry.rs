//! Sessions and panels by the clock: each ends with its time and not before, and never outlives the token behind it.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Credential, Entrant, NewPanelToken, NewToken, TokenForm};
use attache_model::error::Shown;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Error, Scope, UserNo};
use std::time::Duration;

on_both_engines!(
    a_session_ends_with_its_time,
    a_session_ends_with_its_token_where_that_is_sooner,
    a_session_of_nobodys_making_opens_nothing,
    a_panels_token_ends_with_its_time,
    a_panels_token_does_not_outlive_the_one_it_was_made_with,
);

impl Home {
    /// A token of the owner's that works for so long.
    async fn token(&self, life: Option<Duration>) -> Secret {
        let (account, name) = (String::from("one"), String::new());
        let new = NewToken { account, user: UserNo::OWNER, name, scopes: Scopes::all(), life, form: TokenForm::Plain };
        self.core.operator().make_token(new).await.unwrap().1
    }

    async fn panel_token(&self, by: &Secret, life: Duration) -> Secret {
        let owner = self.core.admit(&Credential::Token(by.clone())).await.unwrap();
        let scopes = [Scope::FilesRead].into_iter().collect();
        let new = NewPanelToken { record: "contact/42".parse().unwrap(), scopes, life: Some(life) };
        self.core.view(&owner).unwrap().make_panel_token(new).await.unwrap().1
    }

    /// Whether somebody is let in, or told that the time is over.
    async fn lets_in(&self, credential: &Credential) -> bool {
        match self.core.admit_any(credential).await {
            Ok(_) => true,
            Err(Error::Unauthenticated(Shown::Expired)) => false,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Whether a credential works to the last moment of `life` from now, and not a moment longer.
    async fn ends_after(&self, credential: &Credential, life: Duration) -> bool {
        let step = Duration::from_millis(1);
        self.clock.advance(life - step);
        let before = self.lets_in(credential).await;
        self.clock.advance(step);
        before && !self.lets_in(credential).await
    }
}

async fn a_session_ends_with_its_time(home: Home) {
    let token = home.token(None).await;
    let session = home.core.open_session(&token).await.unwrap();
    let life = Limits::default().session_life;
    assert_eq!(session.seconds, life);
    assert!(home.ends_after(&Credential::Session(session.secret), Duration::from_secs(life)).await);
    assert!(home.lets_in(&Credential::Token(token)).await, "the token itself has no end");
}

async fn a_session_ends_with_its_token_where_that_is_sooner(home: Home) {
    let life = Duration::from_secs(600);
    let session = home.core.open_session(&home.token(Some(life)).await).await.unwrap();
    assert_eq!(session.seconds, 600);
    assert!(home.ends_after(&Credential::Session(session.secret), life).await);
}

async fn a_session_of_nobodys_making_opens_nothing(home: Home) {
    let session = home.core.open_session(&home.token(None).await).await.unwrap().secret;
    let text = session.reveal();
    let (head, tail) = text.split_at(text.len() / 2);
    let letter = if tail.starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{head}{letter}{}", &tail[1..]);
    for forged in [changed.as_str(), head, "", "e30", home.token(None).await.reveal()] {
        let told = home.core.admit_any(&Credential::Session(Secret::new(forged))).await.unwrap_err();
        assert!(matches!(told, Error::Unauthenticated(Shown::Unknown)), "{forged}: {told:?}");
    }
    // What was sealed for another purpose is no session, and a session is no token.
    let told = home.core.admit_any(&Credential::Token(session.clone())).await.unwrap_err();
    assert!(matches!(told, Error::Unauthenticated(Shown::Unknown)), "{told:?}");
}

async fn a_panels_token_ends_with_its_time(home: Home) {
    let life = Duration::from_secs(60);
    let guest = Credential::Token(home.panel_token(&home.token(None).await, life).await);
    assert!(matches!(home.core.admit_any(&guest).await.unwrap(), Entrant::Guest(_)));
    assert!(matches!(home.core.admit(&guest).await, Err(Error::MissingScope(_))), "it is no caller");
    assert!(home.ends_after(&guest, life).await);
}

async fn a_panels_token_does_not_outlive_the_one_it_was_made_with(home: Home) {
    let life = Duration::from_secs(60);
    let guest = home.panel_token(&home.token(Some(life)).await, Duration::from_secs(3600)).await;
    assert!(home.ends_after(&Credential::Token(guest), life).await);
}
