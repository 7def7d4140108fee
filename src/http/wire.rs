//! A stream as hyper sees it.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::last_words::Unread;
use super::turn::Turn;

/// Keeps what hyper would say of its own accord to itself, stays open for last words, and gives up on a client that does not read, or does
/// not end the head that it began.
pub(super) struct Wire<S> {
    stream: S,
    unread: Option<Unread>,
    turn: Arc<Turn>,
    /// How long a head may take.
    head_patience: Duration,
    head_due: Option<Pin<Box<Sleep>>>,
    /// How long a client may take none of its answer.
    patience: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, turn: Arc<Turn>, head_patience: Duration, patience: Duration) -> Self {
        Self { stream, unread: None, turn, head_patience, head_due: None, patience, stalled: None }
    }

    /// The stream, and why the last request on it was none.
    pub(super) fn into_parts(self) -> (S, Option<Unread>) {
        (self.stream, self.unread)
    }

    /// Passes progress on; fails once there was none for too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled =
            self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

/// The status of an answer that hyper made. Nothing of ours looks like it: our errors have a body, and no body of ours holds a head.
fn made_by_hyper(written: &[u8]) -> Option<StatusCode> {
    let rest = written.strip_prefix(b"HTTP/1.1 4")?;
    let empty = written.ends_with(b"\r\n\r\n") && find(written, b"\r\ncontent-length: 0\r\n");
    if !empty {
        return None;
    }
    match rest.get(..2)? {
        b"00" => Some(StatusCode::BAD_REQUEST),
        b"14" => Some(StatusCode::URI_TOO_LONG),
        b"31" => Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        _ => None,
    }
}

fn find(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        let head = if buf.filled().len() > before { self.turn.arrived() } else { self.turn.head() };
        if !head {
            self.head_due = None;
            return read;
        }
        let patience = self.head_patience;
        let due = self
            .head_due
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        if read.is_pending() {
            ready!(due.as_mut().poll(cx));
            self.unread = Some(Unread::Late);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the head takes too long")));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(status) = made_by_hyper(buf) {
            self.unread = Some(Unread::Refused(status));
            return Poll::Ready(Ok(buf.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = bufs
            && let Some(status) = made_by_hyper(only)
        {
            self.unread = Some(Unread::Refused(status));
            return Poll::Ready(Ok(only.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The stream is shut down by whoever speaks last.
        Pin::new(&mut self.stream).poll_flush(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hyper_says_by_itself_is_known_from_what_we_say() {
        let made = |head: &str| made_by_hyper(head.as_bytes()).map(|status| status.as_u16());
        assert_eq!(
            made("HTTP/1.1 431 R\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n"),
            Some(431)
        );
        assert_eq!(made("HTTP/1.1 400 Bad Request\r\ncontent-length: 12\r\ndate: x\r\n\r\n"), None);
        assert_eq!(made("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\ndate: x\r\n\r\n"), None);
        assert_eq!(made("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: x\r\n\r\n{}"), None);
        assert_eq!(made("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), None);
        assert_eq!(made(""), None);
    }
}
