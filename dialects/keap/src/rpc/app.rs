//! What clients ask about the application and themselves: small fixed answers, by which they see that a key works.

use super::trouble::{Outcome, Trouble};
use super::value::Value;
use crate::key::tenant;
use attache_core::Caller;

/// The setting that clients test a connection with.
const ENABLED: [&str; 2] = ["Application", "enabled"];

/// `getAppSetting`: 1 for the setting that says whether there is an application at all, nothing for all others.
pub(super) fn setting(args: &[Value]) -> Outcome<Value> {
    let [Value::Text(module), Value::Text(setting)] = args else { return Err(Trouble::Shape) };
    let is_enabled = module.eq_ignore_ascii_case(ENABLED[0]) && setting.eq_ignore_ascii_case(ENABLED[1]);
    Ok(if is_enabled { "1" } else { "" }.into())
}

/// `getUserInfo`: whose token it is, and whose account.
pub(super) fn user_info(caller: &Caller, args: &[Value]) -> Outcome<Value> {
    let [] = args else { return Err(Trouble::Shape) };
    let user = Value::count(caller.actor().0.unsigned_abs());
    let name: Value = format!("user {}", caller.actor().0).into();
    let app: Value = tenant(caller.account()).into();
    let members = [("globalUserId", user), ("displayName", name.clone()), ("casUsername", name), ("appAlias", app)];
    Ok(Value::Struct(members.map(|(name, value)| (name.to_owned(), value)).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c25_a_connection_is_tested_with_one_setting_and_others_are_empty() {
        for module in ["Application", "application"] {
            assert_eq!(setting(&[module.into(), "enabled".into()]).unwrap(), "1".into());
        }
        assert_eq!(setting(&["Contact".into(), "optiontypes".into()]).unwrap(), "".into());
        assert!(matches!(setting(&["Application".into()]), Err(Trouble::Shape)));
        assert!(matches!(setting(&["Application".into(), 1.into()]), Err(Trouble::Shape)));
    }
}
