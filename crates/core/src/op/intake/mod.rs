//! Intake links, for those who make them: making, listing and closing.

pub(crate) mod claim;
pub(crate) mod password;
mod visit;

pub use visit::{Receipt, Sender, SentFile, Visitor};

use crate::cursor::{self, Key, Place};
use crate::op::link::check_role;
use crate::op::place::{self, placed};
use crate::query::Start;
use crate::settle::{Author, Change, settle};
use crate::table::intake::{self, Row, Wanted};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Core, Edit, View, entropy};
use attache_model::error::{Code, What};
use attache_model::event::EventKind;
use attache_model::id::IntakeId;
use attache_model::intake::{Accepted, Intake, Template, check_note, check_password, check_title};
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::page::{Next, Page};
use attache_model::token::Secret;
use attache_model::{AccountNo, Error, FolderNo, FolderRef, Result, Scope, Time};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const PURPOSE: &str = "intake";
/// Files that an intake takes which names no number.
const FILES: u64 = 10;

/// An intake link to be made. `None` takes the default.
#[derive(Clone, Debug)]
pub struct NewIntake {
    /// The record that its files are put on.
    pub record: Record,
    /// The files' part on the record; empty for none.
    pub role: String,
    /// The folder that its files go to. Missing levels of a path are made.
    pub folder: FolderRef,
    /// What the page calls itself.
    pub title: String,
    /// What the page tells its visitors.
    pub note: String,
    /// The template of the files' names; empty for the names that are sent.
    pub file_name: String,
    /// Which kinds of file may come; none for all.
    pub types: Vec<String>,
    /// How many files may come.
    pub max_files: Option<u64>,
    /// The most bytes that each may have.
    pub max_bytes: Option<u64>,
    /// Whether its files are left out of lists.
    pub hidden: bool,
    /// What senders have to know.
    pub password: Option<Secret>,
    /// How long it works.
    pub life: Option<Duration>,
}

impl NewIntake {
    /// For a record, with nothing special.
    pub fn new(record: Record) -> NewIntake {
        NewIntake {
            record,
            role: String::new(),
            folder: FolderRef::ROOT,
            title: String::new(),
            note: String::new(),
            file_name: String::new(),
            types: Vec::new(),
            max_files: None,
            max_bytes: None,
            hidden: false,
            password: None,
            life: None,
        }
    }
}

/// Which intakes to list.
#[derive(Clone, Debug)]
pub struct IntakeQuery {
    /// Those of this record alone.
    pub record: Option<Record>,
    /// Those that still take files alone.
    pub open_only: bool,
    /// Where the page begins.
    pub start: Start,
    /// Most items of it.
    pub limit: u32,
}

impl View<'_> {
    /// An intake.
    ///
    /// # Errors
    /// `NotFound(Intake)`.
    pub async fn intake(&self, id: IntakeId) -> Result<Intake> {
        let unit = tenanted::<Intake, _>(move |mut t| Box::pin(async move { Ok(found(&mut t, id).await?.intake) }));
        self.read("read an intake", unit).await
    }

    /// Intakes, newest first.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn intakes(&self, query: &IntakeQuery) -> Result<Page<Intake>> {
        let (keys, account) = (&self.core.0.keys, self.caller.account());
        let list = format!("{account}|intakes|{:?}|{}", query.record, query.open_only);
        let place = match &query.start {
            Start::Cursor(text) => cursor::open(keys, account, &list, text)?,
            Start::First | Start::Offset(_) => Place { key: Key::Int(i64::MAX), tie: Key::Text(String::new()) },
        };
        let (Key::Int(at), Key::Text(id)) = (place.key, place.tie) else {
            return Err(Error::bug("a cursor of intakes holds something else"));
        };
        let wanted = Arc::new(Wanted {
            record: query.record.clone(),
            open_at: query.open_only.then(|| self.now()),
            before: (at, id),
            limit: query.limit + 1,
        });
        let unit = tenanted::<Vec<Intake>, _>(move |mut t| {
            let wanted = wanted.clone();
            Box::pin(async move { intake::list(&mut t, &wanted).await })
        });
        let mut items = self.read("list intakes", unit).await?;
        let more = items.len() > query.limit as usize;
        items.truncate(query.limit as usize);
        let last = items.last().filter(|_| more);
        let place = last.map(|last| Place { key: Key::Int(last.created_at.0), tie: Key::Text(last.id.to_string()) });
        let next = place.map(|place| Next::Cursor(cursor::seal(keys, account, &list, &place)));
        Ok(Page { items, next })
    }
}

impl Edit<'_> {
    /// Makes an intake link. Who makes it answers for what comes: its files are made in that user's name.
    ///
    /// # Errors
    /// `Invalid` and `TooLarge` for what is not allowed; `MissingScope` for a hidden one without the scope to make hidden
    /// files; `NotFound(Folder)`.
    pub async fn make_intake(&self, new: NewIntake) -> Result<Intake> {
        if new.hidden {
            self.caller().require(Scope::FilesHiddenWrite)?;
        }
        let row = self.intake_row(&new).await?;
        let (now, folder) = (row.intake.created_at, new.folder);
        let fixed = Arc::new((row, folder.clone(), self.author()));
        let unit = placed::<Intake, _>(move |mut t, fresh| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (row, folder, author) = &*fixed;
                let (folder, made) = place::take(&mut t, folder, true, &fresh, now).await?;
                let row = Row { intake: Intake { folder, ..row.intake.clone() }, password: row.password.clone() };
                intake::add(&mut t, &row).await?;
                let change = made
                    .into_iter()
                    .fold(Change::default(), |change, no| change.and_folder(EventKind::FolderCreated, no))
                    .and_named(EventKind::IntakeCreated, None, &row.intake.record);
                settle(&mut t, author, now, &change).await?;
                Ok(row.intake)
            })
        });
        self.write_in("make an intake", &folder, unit).await
    }

    /// A new intake's row; its folder is found later.
    async fn intake_row(&self, new: &NewIntake) -> Result<Row> {
        let (limits, now) = (self.core.limits(), self.now());
        check_role(&new.role)?;
        let mut intake = Intake {
            id: IntakeId(entropy::uuid(now)),
            record: new.record.clone(),
            role: new.role.clone(),
            folder: FolderNo::ROOT,
            title: check_title(&new.title)?,
            note: check_note(&new.note)?,
            file_name: Template::parse(&new.file_name)?,
            types: Accepted::parse(&new.types)?,
            max_files: within(
                "max_files",
                new.max_files.unwrap_or(FILES.min(limits.intake_files)),
                limits.intake_files,
            )?,
            max_bytes: within("max_bytes", new.max_bytes.unwrap_or(limits.file_bytes), limits.file_bytes)?,
            hidden: new.hidden,
            has_password: new.password.is_some(),
            received: 0,
            created_at: now,
            created_by: self.caller().actor(),
            expires_at: now,
            closed_at: None,
        };
        intake.expires_at = now.plus(life(new.life, limits)?);
        let password = match &new.password {
            Some(password) => self.core.0.passwords.digest(check_password(password.reveal())?).await?,
            None => String::new(),
        };
        Ok(Row { intake, password })
    }

    /// Closes an intake: nothing comes by it any more. One that is closed stays so.
    ///
    /// # Errors
    /// `NotFound(Intake)`.
    pub async fn close_intake(&self, id: IntakeId) -> Result<()> {
        let (now, author) = (self.now(), Arc::new(self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move { close(&mut t, id, &author, now).await })
        });
        self.write("close an intake", unit).await
    }

    /// The last part of an intake's address. Whoever has it may send files, so it is for those who may write themselves.
    pub fn intake_seal(&self, id: IntakeId) -> String {
        self.core.seal_intake(self.caller().account(), id)
    }
}

impl Core {
    fn seal_intake(&self, account: AccountNo, id: IntakeId) -> String {
        let mut payload = account.0.to_be_bytes().to_vec();
        payload.extend_from_slice(id.0.as_bytes());
        self.0.keys.seal(PURPOSE, &payload)
    }

    /// Whose intake a link leads to, and which.
    ///
    /// # Errors
    /// `NotFound(Intake)` for anything that we did not seal.
    fn unseal_intake(&self, sealed: &str) -> Result<(AccountNo, IntakeId)> {
        let read = || {
            let payload = self.0.keys.open(PURPOSE, sealed)?;
            let (account, id) = payload.split_first_chunk::<8>()?;
            Some((AccountNo(i64::from_be_bytes(*account)), IntakeId(Uuid::from_slice(id).ok()?)))
        };
        read().ok_or(Error::NotFound(What::Intake))
    }
}

async fn close(t: &mut Tenanted<'_>, id: IntakeId, author: &Author, now: Time) -> Outcome<()> {
    let row = found(t, id).await?;
    if intake::close(t, id, now).await? == 0 {
        return Ok(());
    }
    let change = Change::default().and_named(EventKind::IntakeClosed, None, &row.intake.record);
    settle(t, author, now, &change).await
}

/// An intake, in whatever state.
async fn found(t: &mut Tenanted<'_>, id: IntakeId) -> Outcome<Row> {
    Ok(intake::get(t, id).await?.ok_or(Error::NotFound(What::Intake))?)
}

fn within(field: &str, number: u64, most: u64) -> Result<u64> {
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    Err(Error::invalid(field, format!("it is a whole number from 1 to {most}")))
}

fn life(asked: Option<Duration>, limits: &Limits) -> Result<Duration> {
    let (life, most) = (asked.unwrap_or(Limits::seconds(limits.intake_default)), limits.intake_life);
    if life.is_zero() {
        return Err(Error::refuse(Code::ExpiryInvalid, "expires_in", "it must be at least 1 second"));
    }
    if life > Limits::seconds(most) {
        let why = format!("an intake link works for {most} seconds at most");
        return Err(Error::refuse(Code::ExpiryTooLong, "expires_in", why));
    }
    Ok(life)
}
