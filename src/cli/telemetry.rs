//! Spans for an OpenTelemetry collector, over HTTP; only in programs built with `--features otel`.
//!
//! Where it goes and how is for OpenTelemetry's own variables, `OTEL_EXPORTER_OTLP_ENDPOINT` first of all; without it nothing is sent.

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Sends what is left when it goes.
pub(super) struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// None where no collector is named, or what is named is none.
    pub(super) fn start() -> Option<Self> {
        let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !named("OTEL_EXPORTER_OTLP_ENDPOINT") && !named("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            return None;
        }
        let exporter =
            SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build().ok()?;
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say more where they are set.
        let mut resource = Resource::builder();
        if !named("OTEL_SERVICE_NAME") {
            resource = resource.with_service_name("shopctl");
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Some(Self(provider))
    }

    /// What makes spans of ours into spans to be sent.
    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("shopctl"))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(cause = %error, "the last spans were not sent");
        }
    }
}
