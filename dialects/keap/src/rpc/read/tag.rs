//! The elements of XML-RPC. There are no others: one that is not among these ends the reading.

use super::{malformed, shown};
use attache_model::Result;

macro_rules! tags {
    ($($tag:ident = $($name:literal)|+,)*) => {
        /// An element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Tag { $($tag,)* }

        impl Tag {
            /// The element that is called `name`.
            pub(super) fn parse(name: &str) -> Result<Tag> {
                match name {
                    $($($name)|+ => Ok(Tag::$tag),)*
                    _ => Err(malformed(format_args!("there is no element <{}> in XML-RPC", shown(name)))),
                }
            }

            /// How the element is called first of all.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Tag::$tag => [$($name),+][0],)* }
            }
        }
    };
}

tags! {
    MethodCall = "methodCall",
    MethodName = "methodName",
    Params = "params",
    Param = "param",
    Value = "value",
    Int = "int" | "i4" | "i8" | "ex:i8",
    Boolean = "boolean",
    Double = "double",
    String = "string",
    DateTime = "dateTime.iso8601",
    Base64 = "base64",
    Nil = "nil" | "ex:nil",
    Array = "array",
    Data = "data",
    Struct = "struct",
    Member = "member",
    Name = "name",
}
