//! The place of one file among those that an intake takes. It is taken in the very commit that makes the file.

use crate::table::intake;
use crate::unit::{Outcome, Tenanted};
use attache_model::error::What;
use attache_model::id::IntakeId;
use attache_model::intake::{Sent, Standing, Template};
use attache_model::link::Record;
use attache_model::{Error, Name, Result, Time};

/// A file that is to come by an intake.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) intake: IntakeId,
    pub(crate) record: Record,
    pub(crate) template: Template,
    pub(crate) sent: Sent,
    /// The extension that the bytes stand for, where the sent name has none.
    pub(crate) ext: String,
}

impl Claim {
    /// Takes a place, and gives the file its name: the place's number may be in it. It comes first in its unit: others that
    /// send by the same link wait here, and none of them can take the last place too.
    ///
    /// # Errors
    /// As [`demand`] when there is no place any more.
    pub(crate) async fn take(&self, t: &mut Tenanted<'_>, now: Time) -> Outcome<Name> {
        let Some(number) = intake::take(t, self.intake, now).await? else {
            let row = super::found(t, self.intake).await?;
            demand(row.intake.standing(now), row.intake.max_files)?;
            return Err(attache_db::Error::Retry.into());
        };
        Ok(self.template.name(&self.record, &self.sent, number, now, &self.ext)?)
    }
}

/// Demands an intake that takes files.
///
/// # Errors
/// `Gone(Intake)` for one that is closed or over, `TooMany` for one that took all.
pub(crate) fn demand(standing: Standing, max_files: u64) -> Result<()> {
    match standing {
        Standing::Open => Ok(()),
        Standing::Closed | Standing::Expired => Err(Error::Gone(What::Intake)),
        Standing::Full => Err(Error::TooMany { what: What::Intake, limit: max_files }),
    }
}
