//! Intakes with a password.

use super::new;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{NewIntake, Sender};
use attache_model::error::Error;
use attache_model::intake::Intake;
use attache_model::limits::Limits;
use attache_model::token::Secret;
use std::time::Duration;

on_both_engines!(
    a_password_lets_in_who_knows_it_and_nobody_else,
    after_too_many_wrong_ones_nobody_is_let_in_for_a_while,
    a_password_is_kept_as_a_digest_alone,
);

fn with_password() -> NewIntake {
    NewIntake { password: Some(Secret::new("caf\u{e9} 7")), ..new() }
}

async fn unlock(home: &Home, intake: &Intake, password: Option<&str>) -> attache_model::Result<Sender> {
    let seal = home.maker().intake_seal(intake.id);
    home.core.visit_intake(&seal).await?.unlock(password).await
}

async fn a_password_lets_in_who_knows_it_and_nobody_else(home: Home) {
    let intake = home.intake(with_password()).await;
    assert!(intake.has_password);
    for right in ["caf\u{e9} 7", "cafe\u{301} 7"] {
        assert!(unlock(&home, &intake, Some(right)).await.is_ok());
    }
    for wrong in [None, Some(""), Some("cafe 7"), Some("caf\u{e9} 7 "), Some("a\nb")] {
        let told = unlock(&home, &intake, wrong).await.unwrap_err();
        assert!(matches!(&told, Error::Invalid { field, .. } if field == "password"), "{wrong:?}: {told}");
    }
    let open = home.intake(new()).await;
    assert!(unlock(&home, &open, Some("whatever")).await.is_ok(), "one without a password asks for none");
}

async fn after_too_many_wrong_ones_nobody_is_let_in_for_a_while(home: Home) {
    let intake = home.intake(with_password()).await;
    for _ in 0..Limits::default().intake_tries {
        assert!(matches!(unlock(&home, &intake, Some("wrong")).await, Err(Error::Invalid { .. })));
    }
    for next in ["wrong", "caf\u{e9} 7"] {
        let told = unlock(&home, &intake, Some(next)).await.unwrap_err();
        assert!(matches!(told, Error::Busy { after } if after <= Duration::from_secs(60)), "{told}");
    }
    home.clock.advance(Duration::from_secs(60));
    assert!(unlock(&home, &intake, Some("caf\u{e9} 7")).await.is_ok());
}

async fn a_password_is_kept_as_a_digest_alone(home: Home) {
    let (one, two) = (home.intake(with_password()).await, home.intake(with_password()).await);
    // Its digests and ids are texts of letters that none can foresee, but never of others than ASCII.
    let is_shown = |text: &str| text.contains("caf\u{e9}");
    assert!(!is_shown(&format!("{one:?}{two:?}")));
    let kept = home.ask("SELECT password FROM intake", 0, 0).await.unwrap();
    assert!(kept[0] != kept[1] && kept.iter().all(|text| text.starts_with("argon2id$") && !is_shown(text)));
}
