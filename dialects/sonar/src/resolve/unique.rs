//! Unique ids of what has a number alone: UUIDs of version 8 that are made of an account, a kind of thing and its number.
//! They lead back to these, and for one kind of an account run as the numbers do.

use attache_model::owner::OWNERS;
use attache_model::{AccountNo, Owner};
use uuid::Uuid;

/// Bits of the number in the last part of a UUID; one more is in the part before it.
const LOW: u32 = 62;
/// The first kind that is an owner's type.
const FIRST_OWNER: u64 = 16;

/// What has no id but its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// A user.
    User(i64),
    /// An event.
    Log(i64),
    /// An owner.
    Owner(Owner),
}

impl Thing {
    fn parts(self) -> (u64, i64) {
        match self {
            Thing::User(no) => (1, no),
            Thing::Log(no) => (2, no),
            Thing::Owner(owner) => {
                let at = OWNERS.iter().position(|kind| *kind == owner.kind()).unwrap_or_default();
                (FIRST_OWNER + at as u64, owner.id())
            }
        }
    }

    fn of(kind: u64, no: i64) -> Option<Thing> {
        match kind {
            1 => Some(Thing::User(no)),
            2 => Some(Thing::Log(no)),
            kind => {
                let at = usize::try_from(kind.checked_sub(FIRST_OWNER)?).ok()?;
                Some(Thing::Owner(Owner::new(OWNERS.get(at)?, no)?))
            }
        }
    }
}

/// The unique id of a thing.
pub(super) fn id(account: AccountNo, thing: Thing) -> Uuid {
    let (kind, no) = thing.parts();
    let no = no.unsigned_abs();
    let high = account.0.unsigned_abs() << 16 | 0x8000 | (kind & 0x7ff) << 1 | (no >> LOW) & 1;
    let low = 0b10 << LOW | no & ((1 << LOW) - 1);
    Uuid::from_u64_pair(high, low)
}

/// The thing of an account that a text is the unique id of.
pub(super) fn read(account: AccountNo, text: &str) -> Option<Thing> {
    let uuid = Uuid::try_parse(text).ok()?;
    let (high, low) = uuid.as_u64_pair();
    let no = i64::try_from((high & 1) << LOW | low & ((1 << LOW) - 1)).ok()?;
    let thing = Thing::of(high >> 1 & 0x7ff, no)?;
    // Every bit counts: another account's id, or one of another version, is none.
    (id(account, thing) == uuid).then_some(thing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACCOUNT: AccountNo = AccountNo(7);

    proptest! {
        #[test]
        fn an_id_leads_back_to_its_thing_and_to_nothing_elsewhere(no in 1..=i64::MAX, at in 0..OWNERS.len(), account in 1..1_i64 << 47) {
            let account = AccountNo(account);
            for thing in [Thing::User(no), Thing::Log(no), Thing::Owner(Owner::new(OWNERS[at], no).unwrap())] {
                let unique = id(account, thing);
                prop_assert_eq!((unique.get_version_num(), unique.get_variant()), (8, uuid::Variant::RFC4122));
                prop_assert_eq!(read(account, &unique.to_string()), Some(thing));
                prop_assert_eq!(read(AccountNo(account.0 + 1), &unique.to_string()), None);
            }
        }

        #[test]
        fn ids_of_one_kind_run_as_their_numbers(one in 1..=i64::MAX, other in 1..=i64::MAX) {
            prop_assert_eq!(id(ACCOUNT, Thing::Log(one)).cmp(&id(ACCOUNT, Thing::Log(other))), one.cmp(&other));
        }

        #[test]
        fn no_text_breaks_the_reading(text in ".{0,50}") {
            prop_assert_eq!(read(ACCOUNT, &text), None);
        }
    }

    #[test]
    fn what_is_no_such_id_leads_to_nothing() {
        let owner = Thing::Owner(Owner::new("account", 42).unwrap());
        assert_eq!(id(ACCOUNT, owner).to_string(), "00000000-0007-8020-8000-00000000002a");
        for other in [
            "00000000-0007-7020-8000-00000000002a",
            "00000000-0007-8020-8000-000000000000",
            "00000000-0007-8000-8000-00000000002a",
            "x",
        ] {
            assert_eq!(read(ACCOUNT, other), None, "{other}");
        }
    }
}
