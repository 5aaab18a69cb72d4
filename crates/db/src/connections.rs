//! How busy the connections to a database server are.

/// The connections of this process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Held by a unit that runs.
    pub busy: usize,
    /// Open and free.
    pub idle: usize,
    /// Units that wait for one.
    pub waiting: usize,
}
