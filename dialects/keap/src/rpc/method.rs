//! The methods that there are. Whatever else is called, `system.multicall` among it, has no handler.

use super::call::Call;
use super::value::Value;

macro_rules! methods {
    ($($method:ident = $name:literal,)*) => {
        /// A method.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Method { $($method,)* }

        /// The names of all methods.
        pub const METHODS: &[&str] = &[$($name,)*];

        impl Method {
            /// Every method.
            #[cfg(test)]
            pub(super) const ALL: &'static [Method] = &[$(Method::$method,)*];

            /// The method that is called `name`, in this very spelling.
            pub(super) fn parse(name: &str) -> Option<Method> {
                match name {
                    $($name => Some(Method::$method),)*
                    _ => None,
                }
            }

            /// Its name.
            #[cfg(test)]
            pub(super) const fn name(self) -> &'static str {
                match self { $(Method::$method => $name,)* }
            }
        }
    };
}

methods! {
    UploadFile = "FileService.uploadFile",
    GetFile = "FileService.getFile",
    GetDownloadUrl = "FileService.getDownloadUrl",
    ReplaceFile = "FileService.replaceFile",
    RenameFile = "FileService.renameFile",
    Query = "DataService.query",
    FindByField = "DataService.findByField",
    Load = "DataService.load",
    Count = "DataService.count",
    Add = "DataService.add",
    Update = "DataService.update",
    Delete = "DataService.delete",
    GetAppSetting = "DataService.getAppSetting",
    GetUserInfo = "DataService.getUserInfo",
}

impl Method {
    /// What a call gives the method, without the key in front; `None` where the key is missing.
    pub(super) fn args(self, call: &Call) -> Option<&[Value]> {
        match (self, call.params.as_slice()) {
            // The one method that clients call without a key.
            (Method::GetUserInfo, []) => Some(&[]),
            (_, [Value::Text(_), args @ ..]) => Some(args),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(method: Method, params: Vec<Value>) -> Option<usize> {
        method.args(&Call { method: String::new(), params }).map(<[Value]>::len)
    }

    #[test]
    fn xr09_no_method_calls_others_or_tells_which_there_are() {
        for name in ["system.multicall", "system.listMethods", "FileService.getfile", "getFile", "", "DataService.echo"]
        {
            assert_eq!(Method::parse(name), None, "{name}");
        }
    }

    #[test]
    fn every_method_is_found_by_its_name_and_those_that_take_a_file_are_known_to_the_reader() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.name()), Some(*method));
            let call = Call { method: method.name().into(), params: Vec::new() };
            assert_eq!(call.takes_a_file(), matches!(method, Method::UploadFile | Method::ReplaceFile));
        }
    }

    #[test]
    fn a_text_stands_in_front_of_what_every_method_but_one_is_given() {
        assert_eq!(args(Method::GetFile, vec!["key".into(), 7.into()]), Some(1));
        assert_eq!(args(Method::GetFile, vec!["".into()]), Some(0));
        assert_eq!(args(Method::UploadFile, vec![7.into(), "a.txt".into(), "YQ==".into()]), None);
        assert_eq!(args(Method::GetFile, Vec::new()), None);
        assert_eq!(args(Method::GetUserInfo, Vec::new()), Some(0));
        assert_eq!(args(Method::GetUserInfo, vec!["key".into()]), Some(0));
    }
}
