//! The form of an upload: which parts are files, and what the others say of them.
