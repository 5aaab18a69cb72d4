//! Fields of records. Removing one is one commit; its values and their links then go in small units, by the request
//! or, when that does not come to it, by the next housekeeping.

use crate::numbers::Kind;
use crate::op::audit::{Entry, note};
use crate::op::file_use::Writing;
use crate::op::value;
use crate::record::{FieldChange, NewField, check_count, check_kind, check_line};
use crate::settle::settle;
use crate::table::field;
use crate::table::file_use::Look;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Core, Records, Setup};
use attache_model::audit::Deed;
use attache_model::field::{FIELD_CODE_MAX, FIELD_NAME_MAX, Field};
use attache_model::{AccountNo, Error, Result, Time, UserNo, What};
use std::sync::Arc;

/// Values that one unit removes.
const CHUNK: u32 = 200;

impl Records<'_> {
    /// All fields of records of one type, in their order.
    ///
    /// # Errors
    /// `Invalid` for a type that is none.
    pub async fn fields(&self, kind: &str) -> Result<Vec<Field>> {
        check_kind(kind)?;
        let kind = Arc::new(kind.to_owned());
        let unit = tenanted::<Vec<Field>, _>(move |mut t| {
            let kind = kind.clone();
            Box::pin(async move { field::list(&mut t, &kind).await })
        });
        self.inner().read("list fields", unit).await
    }

    /// One field.
    ///
    /// # Errors
    /// `NotFound(Field)`.
    pub async fn field(&self, kind: &str, no: i64) -> Result<Field> {
        let kind = Arc::new(kind.to_owned());
        let unit = tenanted::<Field, _>(move |mut t| {
            let kind = kind.clone();
            Box::pin(async move { Ok(field::get(&mut t, &kind, no).await?.ok_or(Error::NotFound(What::Field))?) })
        });
        self.inner().read("read a field", unit).await
    }
}

impl Setup<'_> {
    /// Makes fields of records of one type, all or none.
    ///
    /// # Errors
    /// `Invalid` at the item, and past the limit `record_fields`.
    pub async fn put_fields(&self, kind: &str, new: Vec<NewField>) -> Result<Vec<Field>> {
        check_kind(kind)?;
        check_count(new.len(), self.inner().core.limits())?;
        let mut numbers = Vec::with_capacity(new.len());
        for (at, item) in new.iter().enumerate() {
            check(at, Some(&item.name), item.code.as_deref())?;
            numbers.push(self.inner().core.number(self.caller().account(), Kind::Field).await?);
        }
        let (most, now) = (self.inner().core.limits().record_fields, self.inner().now());
        let by = Entry::by(self.caller(), now, Deed::FieldCreated, named(&numbers));
        let fixed = Arc::new((kind.to_owned(), new, numbers, by));
        let unit = tenanted::<Vec<Field>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, new, numbers, by) = &*fixed;
                let there = field::list(&mut t, kind).await?;
                if (there.len() + new.len()) as u64 > most {
                    let why = format!("a {kind} has at most {most} fields, and has {}", there.len());
                    return Err(Error::invalid("fields", why).into());
                }
                let mut last = there.last().map_or(0, |field| field.sort);
                let mut made = Vec::with_capacity(new.len());
                for (item, no) in new.iter().zip(numbers) {
                    last = item.sort.unwrap_or(last.saturating_add(1));
                    made.push(add(&mut t, kind, item, *no, last, now).await?);
                }
                note(&mut t, by.clone()).await?;
                Ok(made)
            })
        });
        self.inner().write("make fields", unit).await
    }

    /// Changes fields of records of one type, all or none.
    ///
    /// # Errors
    /// `Invalid` at the item; at `{index}.field` for an unknown one.
    pub async fn change_fields(&self, kind: &str, changes: Vec<(i64, FieldChange)>) -> Result<Vec<Field>> {
        check_count(changes.len(), self.inner().core.limits())?;
        for (at, (_, change)) in changes.iter().enumerate() {
            check(at, change.name.as_deref(), change.code.as_ref().and_then(Option::as_deref))?;
        }
        let now = self.inner().now();
        let numbers: Vec<i64> = changes.iter().map(|(no, _)| *no).collect();
        let by = Entry::by(self.caller(), now, Deed::FieldChanged, named(&numbers));
        let fixed = Arc::new((kind.to_owned(), changes, by));
        let unit = tenanted::<Vec<Field>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, changes, by) = &*fixed;
                let mut changed = Vec::with_capacity(changes.len());
                for (at, (no, change)) in changes.iter().enumerate() {
                    let mut field = field::get(&mut t, kind, *no).await?.ok_or_else(|| unknown(at, kind, *no))?;
                    field.name = change.name.clone().unwrap_or(field.name);
                    field.code = change.code.clone().unwrap_or(field.code);
                    field.sort = change.sort.unwrap_or(field.sort);
                    field.updated_at = now;
                    field::save(&mut t, &field).await?;
                    changed.push(field);
                }
                note(&mut t, by.clone()).await?;
                Ok(changed)
            })
        });
        self.inner().write("change fields", unit).await
    }

    /// Removes a field, and with it every value of it.
    ///
    /// # Errors
    /// `NotFound(Field)`.
    pub async fn remove_field(&self, kind: &str, no: i64) -> Result<()> {
        let now = self.inner().now();
        let fixed = Arc::new((kind.to_owned(), Entry::by(self.caller(), now, Deed::FieldRemoved, named(&[no]))));
        let unit = tenanted::<bool, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let removed = field::remove(&mut t, &fixed.0, no, now).await?;
                if removed {
                    note(&mut t, fixed.1.clone()).await?;
                }
                Ok(removed)
            })
        });
        if !self.inner().write("remove a field", unit).await? {
            return Err(Error::NotFound(What::Field));
        }
        // Nobody sees the field or its values from here on; what fails now is done by the next housekeeping.
        if let Err(error) = self.inner().core.clear_field(self.caller().account(), no, self.caller().actor()).await {
            tracing::warn!(%error, field = no, "values of a removed field are left to the next housekeeping");
        }
        Ok(())
    }
}

impl Core {
    /// Takes away what removed fields of an account left.
    pub(crate) async fn clear_fields(&self, account: AccountNo) -> Result<()> {
        let find = tenanted::<Vec<i64>, _>(|mut t| Box::pin(async move { field::removed(&mut t).await }));
        for no in self.read("find removed fields", account, find).await? {
            self.clear_field(account, no, UserNo::OWNER).await?;
        }
        Ok(())
    }

    async fn clear_field(&self, account: AccountNo, no: i64, by: UserNo) -> Result<()> {
        loop {
            let look = Look { now: self.now(), sees_hidden: true };
            let unit =
                tenanted::<usize, _>(move |mut t| Box::pin(async move { clear_some(&mut t, no, by, look).await }));
            if self.write("remove values of a field", account, unit).await? < CHUNK as usize {
                return Ok(());
            }
        }
    }
}

/// Removes some values of a removed field, and the field with the last one; how many values that were.
async fn clear_some(t: &mut Tenanted<'_>, no: i64, by: UserNo, look: Look) -> Outcome<usize> {
    let some = field::records_with(t, no, CHUNK).await?;
    let mut writing = Writing::new(by, look, &[]);
    for (record, file) in &some {
        field::clear_value(t, record, no).await?;
        value::release(t, &mut writing, record, *file).await?;
    }
    if some.len() < CHUNK as usize {
        field::forget(t, no).await?;
    }
    settle(t, &writing.author(), look.now, &writing.change).await?;
    Ok(some.len())
}

async fn add(t: &mut Tenanted<'_>, kind: &str, new: &NewField, no: i64, sort: i64, now: Time) -> Outcome<Field> {
    let made = Field {
        no,
        kind: kind.to_owned(),
        name: new.name.clone(),
        code: new.code.clone(),
        sort,
        created_at: now,
        updated_at: now,
    };
    field::add(t, &made).await?;
    Ok(made)
}

/// Fields as the audit log names them.
fn named(numbers: &[i64]) -> String {
    numbers.iter().map(|no| format!("field/{no}")).collect::<Vec<_>>().join(" ")
}

fn check(at: usize, name: Option<&str>, code: Option<&str>) -> Result<()> {
    if let Some(name) = name {
        check_line(&format!("{at}.name"), name, FIELD_NAME_MAX as u64)?;
    }
    code.map_or(Ok(()), |code| check_line(&format!("{at}.code"), code, FIELD_CODE_MAX as u64))
}

fn unknown(at: usize, kind: &str, no: i64) -> Error {
    Error::invalid(format!("{at}.field"), format!("a {kind} has no field {no}"))
}
