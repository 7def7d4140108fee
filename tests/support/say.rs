//! Telling whoever runs the tests something.

use std::io::Write as _;

/// Prints past the test harness, which keeps to itself what a good test says.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
