//! One table for the routes of a host: its router and the tests of whole servers read the same.

macro_rules! routes {
    ($($method:ident $path:literal $handler:path,)*) => {
        /// Every route: method and path. A test of whole servers holds its own table against this one.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path),)*];

        fn routes() -> Vec<(&'static str, axum::routing::MethodRouter<crate::App>)> {
            vec![$(($path, axum::routing::$method($handler)),)*]
        }
    };
}
pub(crate) use routes;
