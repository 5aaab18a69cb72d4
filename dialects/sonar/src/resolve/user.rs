//! Users: whose a token is, and who made a file.

use super::condition::{Attributes, Rule, Shape};
use super::file::Listed;
use super::row::{Cell, Row};
use super::unique::{self, Thing};
use super::{Field, Loaders, Node, moment, nullable, required};
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_model::{AccountNo, Error, Time, User, UserNo};

/// A user of the account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    account: AccountNo,
    pub(super) no: UserNo,
    /// What it is called; its number for one that has no name.
    pub(super) name: String,
    created_at: Time,
}

impl Person {
    pub(super) fn of(account: AccountNo, user: User) -> Person {
        let name = if user.name.is_empty() { unnamed(user.no) } else { user.name };
        Person { account, no: user.no, name, created_at: user.created_at }
    }

    /// One of whom nothing is known.
    fn unknown(account: AccountNo, no: UserNo) -> Person {
        Person { account, no, name: unnamed(no), created_at: Time(0) }
    }

    fn unique(&self) -> String {
        unique::id(self.account, Thing::User(self.no.0)).to_string()
    }
}

fn unnamed(no: UserNo) -> String {
    format!("user {no}")
}

/// What a user shows. Attache has one name for each, and no roles.
pub(super) const FIELDS: &[Field<Person>] = &[
    ("id", |user| user.no.to_string().into()),
    ("sonar_unique_id", |user| user.unique().into()),
    ("created_at", |user| moment::shown(user.created_at).into()),
    ("updated_at", |user| moment::shown(user.created_at).into()),
    ("_version", |_| "1".into()),
    ("name", |user| user.name.as_str().into()),
    ("public_name", |user| user.name.as_str().into()),
    ("username", |user| user.name.as_str().into()),
    ("enabled", |_| true.into()),
    ("super_admin", |user| (user.no == UserNo::OWNER).into()),
    ("role_id", |_| Value::Null),
];

impl Row for Person {
    const ATTRIBUTES: &'static Attributes = &[
        ("id", Shape::Number),
        ("sonar_unique_id", Shape::Text),
        ("created_at", Shape::Moment),
        ("updated_at", Shape::Moment),
        ("_version", Shape::Text),
        ("name", Shape::Text),
        ("public_name", Shape::Text),
        ("username", Shape::Text),
        ("enabled", Shape::Flag),
        ("super_admin", Shape::Flag),
        ("role_id", Shape::Number),
    ];

    fn cell(&self, attribute: &str) -> Cell {
        match attribute {
            "id" => Cell::Number(self.no.0),
            "sonar_unique_id" => Cell::Text(self.unique()),
            "created_at" | "updated_at" => Cell::Moment(self.created_at),
            "_version" => Cell::Text("1".to_owned()),
            "name" | "public_name" | "username" => Cell::Text(self.name.clone()),
            "enabled" => Cell::Flag(true),
            "super_admin" => Cell::Flag(self.no == UserNo::OWNER),
            _ => Cell::Missing,
        }
    }

    fn has(&self, words: &str) -> bool {
        Rule::fits(words, true, &self.name)
    }
}

/// `me`: whose the token is.
pub(super) fn me(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let loaders = Loaders::of(&ctx)?;
            let (account, no) = (loaders.account(), loaders.caller().actor());
            let known = match loaders.people().await {
                Ok(people) => people.iter().find(|user| user.no == no).cloned(),
                // Who may do nothing with files may ask who it is all the same.
                Err(Error::MissingScope(_)) => None,
                Err(error) => return Err(error),
            };
            Ok(shown(known.unwrap_or_else(|| Person::unknown(account, no))))
        };
        required(&ctx, told.await)
    })
}

/// `File.user`: who made a file.
pub(super) fn maker(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let (loaders, file) = (Loaders::of(&ctx)?, Listed::of(&ctx)?);
            let people = loaders.people().await?;
            Ok(people.iter().find(|user| user.no == file.file.created_by).cloned().map(shown))
        };
        nullable(&ctx, told.await)
    })
}

fn shown<'a>(user: Person) -> FieldValue<'a> {
    FieldValue::owned_any(Node::User(user))
}
