//! Who did something.

use std::fmt;

/// Who caused a change: `usr_…` for a signed-in user, `cli:<login>` for a shell, `sweep` for the
/// services where they end holds, `system` for the program itself. Never an e-mail address or a secret: it is kept for ever in histories.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor(String);

impl Actor {
    /// A service that ends the holds that are over.
    pub fn sweep() -> Self {
        Self("sweep".to_owned())
    }

    /// The program itself: migrations.
    pub fn system() -> Self {
        Self("system".to_owned())
    }

    /// A person in a shell, by login name; without a name just `cli`.
    pub fn shell(login: Option<&str>) -> Self {
        let kept: String = login.unwrap_or_default().chars().filter(|c| !c.is_control()).take(64).collect();
        if kept.is_empty() { Self("cli".to_owned()) } else { Self(format!("cli:{kept}")) }
    }

    /// A signed-in user or machine, by the subject of its token.
    pub fn subject(subject: &str) -> Self {
        Self(subject.to_owned())
    }

    /// An actor as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The stored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
