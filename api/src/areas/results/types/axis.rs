//! How a client says which cuts are meant.

use async_graphql::{ID, InputObject, OneofObject, Result};

use super::super::frame::{CutKey, FrameCut};
use crate::graphql::{error::Exception, input::argument_id};

/// The axis along which cuts are listed: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum AxisInput {
    /// Everybody, then the teams from the top down, to this depth: 0 for everybody only, 1 with the root team, and so
    /// on. Pass 100 for all.
    Teams(i32),
    /// The values of an attribute, such as "site".
    Attribute(String),
}

impl AxisInput {
    pub(super) fn covers(&self, cut: &FrameCut) -> bool {
        match (self, &cut.key) {
            (Self::Teams(depth), CutKey::Everyone | CutKey::Team { .. }) => {
                cut.depth <= u32::try_from(*depth).unwrap_or(0)
            }
            (Self::Attribute(axis), CutKey::Attribute { name, .. }) => axis == name,
            _ => false,
        }
    }
}

/// Which cut is meant: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum CutInput {
    /// Everybody who was invited. The value is ignored; pass true.
    Everyone(bool),
    /// A team with the teams below it.
    Team(ID),
    /// Everybody with a value of an attribute.
    Attribute(AttributeCutInput),
}

/// A value of an attribute.
#[derive(Debug, Clone, InputObject)]
pub struct AttributeCutInput {
    /// The attribute, such as "site".
    name: String,
    /// The value.
    value: String,
}

impl CutInput {
    pub(super) fn key(self) -> Result<CutKey, Exception> {
        Ok(match self {
            Self::Everyone(_) => CutKey::Everyone,
            Self::Team(id) => CutKey::Team { team: argument_id("cut", &id)? },
            Self::Attribute(attribute) => CutKey::Attribute { name: attribute.name, value: attribute.value },
        })
    }
}
