//! Rights that the process gives up: those of its user, and those to files and networks.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RestrictionStatus, Ruleset, RulesetAttr, RulesetError,
    Scope,
};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};
use std::io;

/// The newest rules that are asked for; an older kernel applies those that it knows.
const NEWEST: ABI = ABI::V7;

/// Gives up all of them, for good; says how far the kernel's access rules hold.
pub(super) fn drop() -> io::Result<Option<RestrictionStatus>> {
    set_no_new_privs(true)?;
    let none = CapabilitySet::empty();
    // Even root is to be bound by the limits.
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    // Best effort: kernels before 5.13 and many containers do not offer it. Without it, no file can be opened either,
    // because the limits leave no descriptor and the filter no call for it.
    Ok(reach_nothing().ok())
}

/// Forbids every access to files, TCP, sockets by name, and signals to other processes. No exception is added.
fn reach_nothing() -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()
}
