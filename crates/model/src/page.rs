//! Pages of lists.

/// A part of a list and where the rest begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the asked order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Next>,
}

impl<T> Page<T> {
    /// The same page with each item changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// How to ask for the page after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// By how many items to pass over.
    Offset(u64),
    /// By a sealed cursor, which never skips or repeats an item that stays where it is.
    Cursor(String),
}
