//! What a database's list of applied migrations means to a program that knows some.

use super::{Migration, PROGRAM};
use crate::Error;

/// How the schema of a database stands to what a program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// It has all of the program's migrations, and no other.
    Current,
    /// It lacks these.
    Behind(Vec<Migration>),
    /// It has this many more, and still lets the program work on it.
    Ahead(usize),
}

/// A row of the table `migration`: number, name, checksum.
pub(super) type Applied = (i64, String, String);
/// A row of the table `schema_floor`: number, floor, program.
pub(super) type Floor = (i64, i64, String);

/// What a database says about its schema.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) applied: Vec<Applied>,
    pub(super) floors: Vec<Floor>,
}

impl Found {
    /// How it stands to `migrations`, after checking that those which both know are the same.
    pub(super) fn judge(&self, migrations: &[Migration]) -> Result<Schema, Error> {
        check_numbers(migrations)?;
        check_same(migrations, &self.applied)?;
        let (known, applied) = (migrations.len(), self.applied.len());
        if applied <= known {
            let lacking = &migrations[applied..];
            return Ok(if lacking.is_empty() { Schema::Current } else { Schema::Behind(lacking.to_vec()) });
        }
        self.check_floor(known)?;
        Ok(Schema::Ahead(applied - known))
    }

    /// Those of `migrations` that are applied and whose floor is not kept: a release that kept none applied them.
    pub(super) fn without_floor<'m>(&self, migrations: &'m [Migration]) -> impl Iterator<Item = &'m Migration> {
        let applied = &migrations[..migrations.len().min(self.applied.len())];
        let kept: Vec<i64> = self.floors.iter().map(|(number, ..)| *number).collect();
        applied.iter().filter(move |migration| !kept.contains(&i64::from(migration.number)))
    }

    /// Refuses a program that knows too few migrations for those that it does not know.
    fn check_floor(&self, known: usize) -> Result<(), Error> {
        for (number, name, _) in &self.applied[known..] {
            let Some((_, floor, program)) = self.floors.iter().find(|(of, ..)| of == number) else {
                let text = format!(
                    "the database has migration {number} ({name}), but this program ({PROGRAM}) knows only {known}; \
                     run a newer release"
                );
                return Err(Error::Unfit(text));
            };
            if usize::try_from(*floor).is_ok_and(|floor| floor <= known) {
                continue;
            }
            // Who applied the one that is needed at least knows enough.
            let needed = self.floors.iter().find(|(of, ..)| of == floor).map_or(program, |(.., program)| program);
            let text = format!(
                "the database has migration {number} ({name}), for which a program must know {floor} migrations; this \
                 program ({PROGRAM}) knows {known}; run release {needed} or a newer one"
            );
            return Err(Error::Unfit(text));
        }
        Ok(())
    }
}

fn check_numbers(migrations: &[Migration]) -> Result<(), Error> {
    for (migration, wanted) in migrations.iter().zip(1..) {
        if migration.number != wanted {
            let text = format!("migration {} ({}) stands where {wanted} is due", migration.number, migration.name);
            return Err(Error::Unfit(text));
        }
    }
    Ok(())
}

fn check_same(migrations: &[Migration], applied: &[Applied]) -> Result<(), Error> {
    for (migration, (number, name, checksum)) in migrations.iter().zip(applied) {
        if i64::from(migration.number) != *number || migration.checksum() != *checksum {
            let text = format!(
                "migration {} ({}) is not the one that the database got as {number} ({name}); \
                 an applied migration must never change",
                migration.number, migration.name
            );
            return Err(Error::Unfit(text));
        }
    }
    Ok(())
}
