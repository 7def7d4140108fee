//! The four HTTP services: translate in, call one use case of [`service`](crate::service), translate out.
//!
//! [`serve`] runs any of them side by side; each is built from exactly the stores it needs and cannot reach another's.

mod options;
mod serve;

pub use options::{AuthMode, Limits, ServeError, ServeOptions, Service};
pub use serve::serve;

/// The OpenAPI 3.1 document of a service: indented JSON in a stable order, ending with a new line.
pub fn openapi(service: Service) -> String {
    format!("{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"shopctl {service}\"}}}}\n")
}
