//! One call: a method's name and the values it is called with, the key in front among them.

use super::value::Value;

/// A call as a client sent it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Call {
    /// The method's name, such as `FileService.getFile`.
    pub(crate) method: String,
    /// Its parameters in their order.
    pub(crate) params: Vec<Value>,
}

/// Methods that take a file: one parameter of theirs may be of any length.
const TAKES_A_FILE: [&str; 2] = ["FileService.uploadFile", "FileService.replaceFile"];

impl Call {
    /// Whether one of its parameters may be a whole file.
    pub(crate) fn takes_a_file(&self) -> bool {
        TAKES_A_FILE.contains(&self.method.as_str())
    }

    /// The types of its parameters, the key among them, as Keap's own faults tell them.
    pub(crate) fn signature(&self) -> String {
        let names: Vec<_> = self.params.iter().map(Value::java_name).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_a_call_are_told_in_keaps_own_words() {
        let params = vec!["key".into(), 7.into(), Value::Struct(Vec::new())];
        let call = Call { method: "FileService.uploadFile".into(), params };
        assert_eq!(call.signature(), "java.lang.String, java.lang.Integer, java.util.HashMap");
        assert!(call.takes_a_file());
    }
}
