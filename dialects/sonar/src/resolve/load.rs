//! What one request works with: who asks, and what is fetched once for all of its objects. What the objects of one list
//! need besides themselves is fetched for all of them by the first that needs it; see [`super::file`] and
//! [`super::owner`].

use super::user::Person;
use crate::App;
use async_graphql::dynamic::ResolverContext;
use attache_core::{Caller, Core, Reach};
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What is fetched for several at once and kept for the rest of the request, a failure too: it is not tried again for
/// each of them.
pub(super) type Once<T> = OnceCell<Result<T>>;

/// Answers to questions about the same things, each fetched once.
#[derive(Debug)]
pub(super) struct Answers<Q, A>(Mutex<Vec<(Q, Arc<Once<A>>)>>);

impl<Q, A> Default for Answers<Q, A> {
    fn default() -> Answers<Q, A> {
        Answers(Mutex::default())
    }
}

impl<Q: PartialEq + Clone, A> Answers<Q, A> {
    /// Where the answer to a question is, or will be.
    pub(super) fn to(&self, question: &Q) -> Arc<Once<A>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answer)) = known.iter().find(|(asked, _)| asked == question) {
            return answer.clone();
        }
        let answer = Arc::new(OnceCell::new());
        known.push((question.clone(), answer.clone()));
        answer
    }
}

/// The means of one request.
#[derive(Debug)]
pub(crate) struct Loaders {
    core: Core,
    caller: Caller,
    people: Once<Arc<[Person]>>,
}

impl Loaders {
    /// Those of a request by `caller`.
    pub(crate) fn new(app: &App, caller: &Caller) -> Loaders {
        Loaders { core: app.core.clone(), caller: caller.clone(), people: OnceCell::new() }
    }

    /// Those of the request that a field is resolved for.
    ///
    /// # Errors
    /// `Internal` where the request has none.
    pub(super) fn of<'a>(ctx: &ResolverContext<'a>) -> Result<&'a Loaders> {
        ctx.ctx.data_opt::<Loaders>().ok_or_else(|| Error::bug("a request has no loaders"))
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    pub(super) fn limits(&self) -> &Limits {
        self.core.limits()
    }

    /// Who asks.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn account(&self) -> AccountNo {
        self.caller.account()
    }

    /// The files within the caller's reach.
    ///
    /// # Errors
    /// `MissingScope` for a caller that may do nothing with any file.
    pub(super) fn reach(&self) -> Result<Reach<'_>> {
        self.core.reach(&self.caller)
    }

    /// The account's users.
    ///
    /// # Errors
    /// As [`Loaders::reach`].
    pub(super) async fn people(&self) -> Result<Arc<[Person]>> {
        let fetch = async || {
            let users = self.reach()?.users().await?;
            Ok(users.into_iter().map(|user| Person::of(self.account(), user)).collect())
        };
        self.people.get_or_init(fetch).await.clone()
    }
}
