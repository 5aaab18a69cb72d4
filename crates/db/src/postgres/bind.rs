//! Binding a [`Val`] to the type that a PostgreSQL statement reports for it.

use std::error::Error as Cause;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

use crate::Val;

/// Format byte that stands before the text of a `jsonb` value.
const JSONB_VERSION: u8 = 1;

impl ToSql for Val<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Cause + Sync + Send>> {
        if let Some(objection) = self.objection() {
            return Err(objection.into());
        }
        match (*self, kind) {
            (Val::Null, _) => Ok(IsNull::Yes),
            (Val::Int(int), &Type::INT8) => int.to_sql(kind, out),
            (Val::Int(int), &Type::INT4) => i32::try_from(int)?.to_sql(kind, out),
            (Val::Int(int), &Type::INT2) => i16::try_from(int)?.to_sql(kind, out),
            (Val::Int(int), &Type::BOOL) => (int != 0).to_sql(kind, out),
            (Val::Real(real), &Type::FLOAT8) => real.to_sql(kind, out),
            (Val::Text(text), &Type::JSONB) => {
                out.extend_from_slice(&[JSONB_VERSION]);
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            (Val::Text(text), &Type::JSON) => text.to_sql(&Type::TEXT, out),
            (Val::Text(text), kind) if <&str as ToSql>::accepts(kind) => text.to_sql(kind, out),
            (Val::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (val, kind) => Err(format!("the statement wants {kind}, but {val:.20?} was given").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Decided by the value, in `to_sql`.
        true
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Cause + Sync + Send>> {
        self.to_sql(kind, out)
    }
}
