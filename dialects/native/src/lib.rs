//! Attache: the `native` dialect.
