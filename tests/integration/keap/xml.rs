//! XML-RPC as clients write it and as Keap answers it. The reader knows Keap's framing alone: whatever differs from it
//! by a byte ends the test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Xml {
    Int(i64),
    Bool(bool),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    Nil,
    List(Vec<Xml>),
    Record(Vec<(String, Xml)>),
    /// As it stands, `<value>` and all.
    Raw(String),
}

/// What a call was answered: a value, or a fault's code and text.
pub(crate) type Told = Result<Xml, (i64, String)>;

impl From<&str> for Xml {
    fn from(text: &str) -> Xml {
        Xml::Text(text.to_owned())
    }
}

impl From<i64> for Xml {
    fn from(number: i64) -> Xml {
        Xml::Int(number)
    }
}

impl From<bool> for Xml {
    fn from(flag: bool) -> Xml {
        Xml::Bool(flag)
    }
}

impl Xml {
    pub(crate) fn list<T: Into<Xml>>(items: impl IntoIterator<Item = T>) -> Xml {
        Xml::List(items.into_iter().map(Into::into).collect())
    }

    pub(crate) fn record(members: Vec<(&str, Xml)>) -> Xml {
        Xml::Record(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A content as every client sends it: base64 in a string.
    pub(crate) fn content(bytes: &[u8]) -> Xml {
        Xml::Text(STANDARD.encode(bytes))
    }

    #[track_caller]
    pub(crate) fn int(&self) -> i64 {
        let Xml::Int(number) = self else { panic!("{self:?} is no <i4>") };
        *number
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        let Xml::Text(text) = self else { panic!("{self:?} is no text") };
        text
    }

    /// A content as clients read it.
    #[track_caller]
    pub(crate) fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(self.text()).expect("plain base64")
    }

    #[track_caller]
    pub(crate) fn items(&self) -> &[Xml] {
        let Xml::List(items) = self else { panic!("{self:?} is no array") };
        items
    }

    /// The names of a record's members.
    #[track_caller]
    pub(crate) fn names(&self) -> Vec<&str> {
        let Xml::Record(members) = self else { panic!("{self:?} is no struct") };
        members.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> &Xml {
        let Xml::Record(members) = self else { panic!("{self:?} is no struct") };
        let found = members.iter().find(|(member, _)| member == name);
        &found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1
    }

    /// The value as a client writes it.
    pub(crate) fn written(&self) -> String {
        let inner = match self {
            Xml::Int(number) => format!("<int>{number}</int>"),
            Xml::Bool(flag) => format!("<boolean>{}</boolean>", u8::from(*flag)),
            Xml::Double(number) => format!("<double>{number}</double>"),
            Xml::Text(text) => format!("<string>{}</string>", escaped(text)),
            Xml::Bytes(bytes) => format!("<base64>{}</base64>", STANDARD.encode(bytes)),
            Xml::Nil => String::from("<nil/>"),
            Xml::List(items) => {
                format!("<array><data>{}</data></array>", items.iter().map(Xml::written).collect::<String>())
            }
            Xml::Record(members) => {
                let mut text = String::from("<struct>");
                for (name, value) in members {
                    write!(text, "<member><name>{}</name>{}</member>", escaped(name), value.written()).unwrap();
                }
                text + "</struct>"
            }
            Xml::Raw(text) => return text.clone(),
        };
        format!("<value>{inner}</value>")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The document of a call.
pub(crate) fn call(method: &str, params: &[Xml]) -> String {
    let params: String = params.iter().map(|param| format!("<param>{}</param>", param.written())).collect();
    format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
    )
}

/// Reads an answer.
#[track_caller]
pub(crate) fn told(document: &str) -> Told {
    let mut reader = Reader { rest: document };
    reader.demand("<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse>");
    let told = if reader.take("<fault>") {
        let fault = reader.value();
        reader.demand("</fault>");
        assert_eq!(fault.names(), ["faultCode", "faultString"]);
        Err((fault.field("faultCode").int(), fault.field("faultString").text().to_owned()))
    } else {
        reader.demand("<params><param>");
        let value = reader.value();
        reader.demand("</param></params>");
        Ok(value)
    };
    reader.demand("</methodResponse>");
    assert_eq!(reader.rest, "", "nothing stands behind the answer");
    told
}

/// What is left of an answer.
struct Reader<'d> {
    rest: &'d str,
}

impl Reader<'_> {
    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => self.rest = rest,
            None => return false,
        }
        true
    }

    #[track_caller]
    fn demand(&mut self, text: &str) {
        assert!(self.take(text), "{text} should begin {}", &self.rest[..self.rest.floor_char_boundary(200)]);
    }

    /// The text up to the next tag, which is taken too.
    #[track_caller]
    fn until(&mut self, tag: &str) -> String {
        let (text, rest) = self.rest.split_once(tag).unwrap_or_else(|| panic!("no {tag} in {}", self.rest));
        assert!(!text.contains('<'), "{text} has no tag in it");
        self.rest = rest;
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&")
    }

    #[track_caller]
    fn value(&mut self) -> Xml {
        self.demand("<value>");
        if self.take("<i4>") {
            let number = self.until("</i4></value>").parse::<i32>().expect("32 bits");
            return Xml::Int(number.into());
        }
        if self.take("<boolean>") {
            let flag = self.until("</boolean></value>");
            assert!(flag == "0" || flag == "1", "{flag}");
            return Xml::Bool(flag == "1");
        }
        if self.take("<double>") {
            return Xml::Double(self.until("</double></value>").parse().expect("a number"));
        }
        if self.take("<array>") {
            let list = self.list();
            self.demand("</array></value>");
            return Xml::List(list);
        }
        if self.take("<struct>") {
            return Xml::Record(self.members());
        }
        Xml::Text(self.until("</value>"))
    }

    fn list(&mut self) -> Vec<Xml> {
        let mut items = Vec::new();
        if self.take("<data/>") {
            return items;
        }
        self.demand("<data>");
        while !self.take("</data>") {
            items.push(self.value());
        }
        assert!(!items.is_empty(), "an empty list is <data/>");
        items
    }

    fn members(&mut self) -> Vec<(String, Xml)> {
        let mut members = Vec::new();
        while !self.take("</struct></value>") {
            self.demand("<member><name>");
            let name = self.until("</name>");
            members.push((name, self.value()));
            self.demand("</member>");
        }
        members
    }
}

#[test]
fn an_answer_of_keaps_own_framing_is_read() {
    let frame =
        |inner: &str| format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse>{inner}</methodResponse>");
    let one = frame("<params><param><value><i4>482</i4></value></param></params>");
    assert_eq!(told(&one), Ok(Xml::Int(482)));
    let fault = frame(
        "<fault><value><struct><member><name>faultCode</name><value><i4>13</i4></value></member><member>\
         <name>faultString</name><value>[FailedLoginAttempt]username not found: x</value></member></struct></value></fault>",
    );
    assert_eq!(told(&fault), Err((13, "[FailedLoginAttempt]username not found: x".to_owned())));
    let empty = frame("<params><param><value><array><data/></array></value></param></params>");
    assert_eq!(told(&empty), Ok(Xml::List(Vec::new())));
}
