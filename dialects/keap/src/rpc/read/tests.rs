use super::*;
use crate::rpc::trial::Pieces;

/// Requests of other kinds than a file's are read with this.
fn refuses_a_file(_: &Call, _: &mut dyn Read) -> io::Result<()> {
    panic!("there is no file in it")
}

fn small() -> Limits {
    Limits { xml_bytes: 1000, ..Limits::default() }
}

fn whole(request: &[u8]) -> Result<Call> {
    read(request, refuses_a_file, &small())
}

/// A request with `value` for its only parameter.
fn around(value: &str) -> String {
    format!("<methodCall><methodName>a.b</methodName><params><param>{value}</param></params></methodCall>")
}

fn value(value: &str) -> Value {
    whole(around(value).as_bytes()).unwrap().params.remove(0)
}

/// Why a request is refused as no XML-RPC.
#[track_caller]
fn why(request: impl AsRef<[u8]>) -> String {
    match whole(request.as_ref()).unwrap_err() {
        Error::Malformed { field, why, .. } if field.is_empty() => why,
        other => panic!("{other:?}"),
    }
}

mod bounds;
mod clients;
mod encoding;
mod file;
mod hostile;
mod property;
mod shape;
