//! Small records to build charts from.

use std::sync::Arc;

use hearten_ids::{OrganizationId, PersonId, TeamId};
use uuid::Uuid;

use crate::{OrgChart, PersonRecord, Relationship, TeamRecord};

pub(super) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));

pub(super) fn person_id(n: usize) -> PersonId {
    PersonId(Uuid::from_u128(0x1000 + n as u128))
}

pub(super) fn team_id(n: usize) -> TeamId {
    TeamId(Uuid::from_u128(0x2000 + n as u128))
}

pub(super) fn person(n: usize, name: &str) -> PersonRecord {
    PersonRecord {
        id: person_id(n),
        external_id: None,
        display_name: name.into(),
        email: None,
        title: None,
        relationship: Relationship::Employee,
        team: None,
        manager: None,
        hired_on: None,
        left_on: None,
        leave_reason: None,
        locale: None,
        attributes: Arc::from([]),
        signed_out_before: None,
        deactivated: false,
    }
}

pub(super) fn team(n: usize, name: &str, parent: Option<usize>) -> TeamRecord {
    TeamRecord {
        id: team_id(n),
        external_id: None,
        name: name.into(),
        parent: parent.map(team_id),
        lead: None,
        archived: false,
    }
}

pub(super) fn chart(persons: &[PersonRecord], teams: &[TeamRecord]) -> OrgChart {
    OrgChart::build(ORGANIZATION, 1, persons.to_vec(), teams.to_vec()).unwrap()
}
