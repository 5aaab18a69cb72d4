//! Who asks, as arguments of handlers. A handler that takes [`Editing`] cannot be entered without a credential that may
//! edit, and the check is done before a byte of the body is read.

use crate::dialect::{Dialect, Fail};
use attache_core::{Caller, Core, Edit, Entrant, Guest, Manage, Panel, Reach, Records, Remove, View};
use attache_model::error::Shown;
use attache_model::{Error, Result};
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use std::marker::PhantomData;

macro_rules! extractors {
    ($($(#[$doc:meta])* $name:ident, $method:ident -> $handle:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<D> {
            /// The service.
            pub core: Core,
            /// Who asks.
            pub caller: Caller,
            dialect: PhantomData<fn() -> D>,
        }

        impl<D> $name<D> {
            /// The handle with the operations.
            ///
            /// # Errors
            /// [`Error::MissingScope`]; it was checked already when the handler was entered.
            pub fn $method(&self) -> Result<$handle<'_>> {
                self.core.$method(&self.caller)
            }
        }

        impl<D: Dialect, S: Send + Sync> FromRequestParts<S> for $name<D>
        where
            Core: FromRef<S>,
        {
            type Rejection = Fail<D>;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail<D>> {
                let core = Core::from_ref(state);
                let caller = admit::<D>(&core, parts).await?;
                core.$method(&caller)?;
                attache_point::fail_point!("http.let_in");
                Ok($name { core, caller, dialect: PhantomData })
            }
        }
    )*};
}

extractors! {
    /// A caller that may read.
    Viewing, view -> View;
    /// A caller that may change.
    Editing, edit -> Edit;
    /// A caller that may delete.
    Removing, remove -> Remove;
    /// A caller that may work with some files at least.
    Reaching, reach -> Reach;
    /// A caller that may read and write records.
    Recording, records -> Records;
    /// A caller that may manage the account.
    Managing, manage -> Manage;
}

/// A caller with any scopes at all, for what only asks who it is.
#[derive(Debug)]
pub struct Admitted<D> {
    /// The service.
    pub core: Core,
    /// Who asks.
    pub caller: Caller,
    dialect: PhantomData<fn() -> D>,
}

impl<D: Dialect, S: Send + Sync> FromRequestParts<S> for Admitted<D>
where
    Core: FromRef<S>,
{
    type Rejection = Fail<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail<D>> {
        let core = Core::from_ref(state);
        let caller = admit::<D>(&core, parts).await?;
        Ok(Admitted { core, caller, dialect: PhantomData })
    }
}

/// A guest of a record's panel.
#[derive(Debug)]
pub struct AtPanel<D> {
    /// The service.
    pub core: Core,
    /// Who asks.
    pub guest: Guest,
    dialect: PhantomData<fn() -> D>,
}

impl<D> AtPanel<D> {
    /// The handle with the operations.
    pub fn panel(&self) -> Panel<'_> {
        self.core.panel(&self.guest)
    }
}

impl<D: Dialect, S: Send + Sync> FromRequestParts<S> for AtPanel<D>
where
    Core: FromRef<S>,
{
    type Rejection = Fail<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail<D>> {
        let Entering { core, entrant, .. } = Entering::<D>::from_request_parts(parts, state).await?;
        match entrant {
            Entrant::Guest(guest) => Ok(AtPanel { core, guest, dialect: PhantomData }),
            Entrant::Caller(_) => {
                let why = "a panel is opened by a token of its own, which POST /v1/panel-tokens makes".to_owned();
                Err(Error::Unsupported { why }.into())
            }
        }
    }
}

/// A caller or a guest, for what both may do.
#[derive(Debug)]
pub struct Entering<D> {
    /// The service.
    pub core: Core,
    /// Who asks.
    pub entrant: Entrant,
    dialect: PhantomData<fn() -> D>,
}

impl<D: Dialect, S: Send + Sync> FromRequestParts<S> for Entering<D>
where
    Core: FromRef<S>,
{
    type Rejection = Fail<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail<D>> {
        let core = Core::from_ref(state);
        let credential = D::credential(parts)?.ok_or(Error::Unauthenticated(Shown::Nothing))?;
        let entrant = match core.admit_any(&credential).await? {
            Entrant::Caller(caller) => Entrant::Caller(D::acting(&core, caller, parts).await?),
            guest @ Entrant::Guest(_) => guest,
        };
        Ok(Entering { core, entrant, dialect: PhantomData })
    }
}

/// The caller of a request, whatever it may do.
pub(crate) async fn admit<D: Dialect>(core: &Core, parts: &Parts) -> Result<Caller> {
    let credential = D::credential(parts)?.ok_or(Error::Unauthenticated(Shown::Nothing))?;
    D::acting(core, core.admit(&credential).await?, parts).await
}

#[cfg(test)]
mod tests;
