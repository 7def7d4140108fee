//! Files of other systems, told by their header.

use crate::domain::words::words;

words! {
    /// Whose file it is.
    Dialect, "invalid_format", "dialect" {
        /// Our own columns.
        Shopctl = "shopctl",
    }
}
