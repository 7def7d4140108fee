//! Changes to single fields, as a merge patch says them (RFC 7396).

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::fields::Fields;
use crate::domain::invalid::Invalid;

/// What is to become of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// It stays (the member is absent).
    #[default]
    Keep,
    /// It is emptied (the member is `null`).
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// `Keep` for none: how a flag of the command line says it.
    pub fn from_flag(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }

    /// The value that it is to become, if it is to become one.
    pub fn into_set(self) -> Option<T> {
        match self {
            Self::Keep | Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Whether the field stays.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The same with the value seen as something else.
    pub fn as_deref(&self) -> Patch<&T::Target>
    where
        T: std::ops::Deref,
    {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    /// For a member with `#[serde(default)]`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// Parses the value of a patch; the outer `None` is a noted problem.
pub(super) fn parse_patch<T>(fields: &mut Fields, pointer: &str, patch: &Patch<String>) -> Option<Patch<T>>
where
    T: FromStr<Err = Invalid>,
{
    match patch {
        Patch::Keep => Some(Patch::Keep),
        Patch::Clear => Some(Patch::Clear),
        Patch::Set(text) => fields.check(pointer, text.parse()).map(Patch::Set),
    }
}

/// Applies a patch to a field that may be empty.
pub(super) fn apply<T: Clone>(field: &mut Option<T>, patch: &Patch<T>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *field = None,
        Patch::Set(value) => *field = Some(value.clone()),
    }
}
