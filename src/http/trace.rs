//! The way of a request through several services: `traceparent` (W3C Trace Context, level 1).

use std::fmt;

use axum::http::{HeaderMap, HeaderName};
use tracing::Span;
use tracing::field::Empty;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Of which trace a request is a part: the caller's where it says a sane one, else a new one; and its own part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trace {
    id: u128,
    /// Whose part it is a part of; none where the trace begins here.
    parent: Option<u64>,
    span: u64,
    sampled: bool,
}

impl Trace {
    /// Continues the trace of a request, or begins one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all(TRACEPARENT).iter();
        // Of two nobody could say which is right (§3.2.2.5).
        let only = given.next().filter(|_| given.next().is_none());
        let span = nonzero(rand::random::<u64>);
        match only.and_then(|value| value.to_str().ok()).and_then(parse) {
            Some((trace, parent, sampled)) => Self { id: trace, parent: Some(parent), span, sampled },
            None => Self { id: nonzero(rand::random::<u128>), parent: None, span, sampled: true },
        }
    }

    /// The span that everything said of a request is in.
    pub(super) fn span(self, request_id: &str, method: &'static str, route: Option<&str>) -> Span {
        let (trace_id, span_id) = (self.trace_id(), self.span_id());
        let span = tracing::info_span!("request", request_id, %trace_id, %span_id, otel.name = Empty);
        #[cfg(feature = "otel")]
        self.export(&span, method, route);
        #[cfg(not(feature = "otel"))]
        let _ = (method, route);
        span
    }

    /// Makes the span one of OpenTelemetry's, in the same trace.
    #[cfg(feature = "otel")]
    fn export(self, span: &Span, method: &'static str, route: Option<&str>) {
        use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
        use tracing_opentelemetry::OpenTelemetrySpanExt;

        let flags = if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
        let parent = SpanId::from(self.parent.unwrap_or(self.span));
        let parent = SpanContext::new(TraceId::from(self.id), parent, flags, true, TraceState::default());
        // Fails where nothing is exported.
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent));
        let route = route.unwrap_or("unmatched");
        span.record("otel.name", format!("{method} {route}"));
        span.set_attribute("http.request.method", method);
        span.set_attribute("http.route", route.to_owned());
    }

    /// As the log writes it: 32 digits.
    pub(super) fn trace_id(self) -> impl fmt::Display {
        Hex::<32>(self.id)
    }

    /// As the log writes it: 16 digits.
    pub(super) fn span_id(self) -> impl fmt::Display {
        Hex::<16>(self.span.into())
    }
}

struct Hex<const DIGITS: usize>(u128);

impl<const DIGITS: usize> fmt::Display for Hex<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$x}", self.0)
    }
}

/// All zeros mean none (§3.2.2.3).
fn nonzero<T: Default + PartialEq>(draw: fn() -> T) -> T {
    std::iter::repeat_with(draw).find(|drawn| *drawn != T::default()).unwrap_or_default()
}

/// `00-<trace>-<parent>-<flags>`; of a later version the same at its beginning (§4.3).
fn parse(text: &str) -> Option<(u128, u64, bool)> {
    let mut parts = text.splitn(5, '-');
    let version = digits::<2>(parts.next()?)?;
    let trace = digits::<32>(parts.next()?).filter(|trace| *trace != 0)?;
    let parent = digits::<16>(parts.next()?)
        .and_then(|parent| u64::try_from(parent).ok())
        .filter(|parent| *parent != 0)?;
    let flags = digits::<2>(parts.next()?)?;
    let known = match version {
        0 => parts.next().is_none(),
        0xff => false,
        _ => true,
    };
    known.then_some((trace, parent, flags & 1 == 1))
}

/// So many lower-case hexadecimal digits, no more and no fewer.
fn digits<const COUNT: usize>(text: &str) -> Option<u128> {
    let sane = text.len() == COUNT && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    if sane { u128::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&str]) -> Trace {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, HeaderValue::from_str(value).unwrap());
        }
        Trace::of(&headers)
    }

    #[test]
    fn a_sane_trace_is_continued_with_a_part_of_its_own() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (text, sampled) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true),
            (format!("00-{trace}-00f067aa0ba902b7-00"), false),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what-will-come"), true),
        ] {
            let continued = of(&[&text]);
            assert_eq!(continued.trace_id().to_string(), trace);
            assert_eq!((continued.parent, continued.sampled), (Some(0x00f0_67aa_0ba9_02b7), sampled));
            assert_ne!(continued.span_id().to_string(), "00f067aa0ba902b7");
            assert_eq!(continued.span_id().to_string().len(), 16);
        }
    }

    #[test]
    fn what_is_none_begins_a_new_one() {
        let sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for texts in [
            &[][..],
            &[""],
            &["00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"],
            &["00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
            &["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
            &["ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
            &["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"],
            &["00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01"],
            &["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"],
            &[sound, sound],
        ] {
            let begun = of(texts);
            assert_eq!(begun.parent, None, "{texts:?}");
            assert_ne!(begun.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
            assert_eq!(begun.trace_id().to_string().len(), 32);
        }
    }
}
