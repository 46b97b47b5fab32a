//! What of a person's entry is reserved for whoever grants roles. Owners and board members are executives by that
//! alone, and an address can open an account: whoever keeps the directory must not make anybody, himself or herself
//! included, more than those who grant roles did.

use hearten_orgchart::{PersonRecord, Relationship};
use hearten_policy::{Action, Resource};

use super::{charts::Snapshot, places::Place};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{Refusal, UserError, UserErrorCode},
};

/// By whose right entries are written.
#[derive(Clone, Copy)]
pub enum Right<'a> {
    /// The operator's, who runs the command line: nothing is reserved.
    Operator,
    /// That of whoever makes this request.
    Asker(&'a RequestContext),
}

/// Whether a relationship carries a role.
const fn is_office(relationship: Relationship) -> bool {
    matches!(relationship, Relationship::Owner | Relationship::BoardMember)
}

/// What the asker may not write of `record`: where, and why. The asker sees `before`.
pub fn refused_parts(asker: &Asker, before: &Snapshot, record: &PersonRecord) -> Vec<(Place, &'static str)> {
    let held = before.chart.person(record.id);
    let mut refused = Vec::new();
    if held.is_none_or(|held| held.relationship != record.relationship) {
        // Who is not there yet is nobody in particular.
        let whom = held.map_or(Resource::Organization, |held| Resource::Person(held.id));
        let gives = is_office(record.relationship);
        let takes = held.is_some_and(|held| is_office(held.relationship));
        if (gives && !asker.may(Action::GrantRole, whom)) || (takes && !asker.may(Action::RevokeRole, whom)) {
            let why = "owners and board members are named by an admin, and nobody by himself or herself";
            refused.push((Place::Relationship, why));
        }
    }
    let Some(held) = held else { return refused };
    let holds_role = is_office(held.relationship) || before.grants.contains_key(&held.id);
    if held.email != record.email && holds_role && !asker.may(Action::RevokeRole, Resource::Person(held.id)) {
        let why = "this person holds a granted role, or is owner or board member: only an admin may change the address";
        refused.push((Place::Email, why));
    }
    refused
}

/// Passes when the asker may write all of `record`.
///
/// # Errors
/// A refusal at each reserved field.
pub fn check(asker: &Asker, before: &Snapshot, record: &PersonRecord) -> Result<(), Refusal> {
    let refused = refused_parts(asker, before, record).into_iter();
    let errors: Vec<UserError> =
        refused.map(|(place, why)| UserError::at(UserErrorCode::Forbidden, [place.input()], why)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
