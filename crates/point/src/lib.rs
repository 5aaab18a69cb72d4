//! Named points in the program, at which a test lets the process die or plants a fault. Without the feature `faults`, as in
//! every release, they are nothing at all: no code, and no library behind them.
//!
//! ```
//! fn sync() -> std::io::Result<()> {
//!     attache_point::fail_point!("example.sync", |_| Ok(()));
//!     Ok(())
//! }
//! # sync().unwrap();
//! ```

#[cfg(feature = "faults")]
pub use fail::fail_point;

/// Nothing.
#[cfg(not(feature = "faults"))]
#[macro_export]
macro_rules! fail_point {
    ($($any:tt)*) => {};
}
