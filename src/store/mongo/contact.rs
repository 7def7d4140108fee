//! The first contact with the servers.
//!
//! The driver looks for a server until its time is up, which rides out an election. A host that refuses connections at the very first
//! look is another matter: nothing runs there, or the URL is wrong, and whoever waits wants to hear it at once.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use mongodb::error::{Error, ErrorKind};
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;
use mongodb::options::ClientOptions;
use tokio::sync::watch;

/// What is known of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not yet heard of all of them.
    Unknown,
    /// One has answered: from now on patience is right.
    Reached,
    /// None has ever answered, and each of them refuses; why.
    Refused(&'static str),
}

/// Tells when no server was ever there.
#[derive(Clone)]
pub(super) struct Contact(watch::Receiver<State>);

impl Contact {
    /// Listens to what a client with these options hears of its servers.
    pub(super) fn listen(options: &mut ClientOptions) -> Self {
        let (sender, receiver) = watch::channel(State::Unknown);
        let silent = Mutex::new(options.hosts.iter().cloned().collect::<HashSet<_>>());
        options.sdam_event_handler = Some(EventHandler::callback(move |event| match event {
            SdamEvent::ServerHeartbeatSucceeded(_) => {
                sender.send_if_modified(|state| std::mem::replace(state, State::Reached) != State::Reached);
            }
            SdamEvent::ServerHeartbeatFailed(failed) => {
                let Some(why) = refusal(&failed.failure) else { return };
                let mut silent = silent.lock().unwrap_or_else(PoisonError::into_inner);
                silent.remove(&failed.server_address);
                if silent.is_empty() {
                    sender.send_if_modified(|state| {
                        let first = *state == State::Unknown;
                        if first {
                            *state = State::Refused(why);
                        }
                        first
                    });
                }
            }
            _ => {}
        }));
        Self(receiver)
    }

    /// Waits until it is known that no server was ever there, and says why; for ever where one was.
    pub(super) async fn refused(&mut self) -> &'static str {
        let known = self.0.wait_for(|state| *state != State::Unknown).await.map(|state| *state);
        match known {
            Ok(State::Refused(why)) => why,
            _ => std::future::pending().await,
        }
    }
}

/// Why nothing will answer there, unless it may still.
fn refusal(error: &Error) -> Option<&'static str> {
    let ErrorKind::Io(error) = error.kind.as_ref() else { return None };
    if error.kind() == std::io::ErrorKind::ConnectionRefused {
        Some("onnection refused")
    } else if error.to_string().contains("failed to lookup") {
        Some("failed to lookup")
    } else {
        None
    }
}
