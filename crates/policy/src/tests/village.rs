//! A small fixed organization, four levels deep, and everybody who may ask something of it.
//!
//! ```text
//! All                        petra (partner of all), adam (admin), ella (granted executive)
//! ├── North                  dora leads; paul (partner of North)
//! │   ├── North Sales        mia leads
//! │   │   └── Sales Team A   emil; carl (contractor); gone (has left)
//! │   └── North Care         lina, to whom carl reports; leads no team
//! └── South                  sue leads; sven
//! no team                    olga (owner), bert (board member)
//! ```

use hearten_ids::{ApiTokenId, OrganizationId, PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord, Relationship, TeamRecord};
use uuid::Uuid;

use crate::{Actor, Grant, Principal, Role, ScopeSet};

pub(super) const OURS: OrganizationId = OrganizationId(Uuid::from_u128(1));
pub(super) const THEIRS: OrganizationId = OrganizationId(Uuid::from_u128(2));

pub(super) const ALL: TeamId = TeamId(Uuid::from_u128(10));
pub(super) const NORTH: TeamId = TeamId(Uuid::from_u128(11));
pub(super) const SALES: TeamId = TeamId(Uuid::from_u128(12));
pub(super) const TEAM_A: TeamId = TeamId(Uuid::from_u128(13));
pub(super) const CARE: TeamId = TeamId(Uuid::from_u128(14));
pub(super) const SOUTH: TeamId = TeamId(Uuid::from_u128(15));
pub(super) const TEAMS: [TeamId; 6] = [ALL, NORTH, SALES, TEAM_A, CARE, SOUTH];

pub(super) const PETRA: PersonId = PersonId(Uuid::from_u128(20));
pub(super) const ADAM: PersonId = PersonId(Uuid::from_u128(21));
pub(super) const ELLA: PersonId = PersonId(Uuid::from_u128(22));
pub(super) const DORA: PersonId = PersonId(Uuid::from_u128(23));
pub(super) const PAUL: PersonId = PersonId(Uuid::from_u128(24));
pub(super) const MIA: PersonId = PersonId(Uuid::from_u128(25));
pub(super) const EMIL: PersonId = PersonId(Uuid::from_u128(26));
pub(super) const CARL: PersonId = PersonId(Uuid::from_u128(27));
pub(super) const GONE: PersonId = PersonId(Uuid::from_u128(28));
pub(super) const LINA: PersonId = PersonId(Uuid::from_u128(29));
pub(super) const SUE: PersonId = PersonId(Uuid::from_u128(30));
pub(super) const SVEN: PersonId = PersonId(Uuid::from_u128(31));
pub(super) const OLGA: PersonId = PersonId(Uuid::from_u128(32));
pub(super) const BERT: PersonId = PersonId(Uuid::from_u128(33));
pub(super) const PERSONS: [PersonId; 14] =
    [PETRA, ADAM, ELLA, DORA, PAUL, MIA, EMIL, CARL, GONE, LINA, SUE, SVEN, OLGA, BERT];

fn person(id: PersonId, team: Option<TeamId>, manager: Option<PersonId>) -> PersonRecord {
    PersonRecord {
        id,
        external_id: None,
        display_name: id.to_string().into(),
        email: None,
        title: None,
        relationship: match id {
            OLGA => Relationship::Owner,
            BERT => Relationship::BoardMember,
            CARL => Relationship::Contractor,
            _ => Relationship::Employee,
        },
        team,
        manager,
        hired_on: None,
        left_on: None,
        leave_reason: None,
        locale: None,
        attributes: [].into(),
        signed_out_before: None,
        deactivated: id == GONE,
    }
}

fn team(id: TeamId, name: &str, parent: Option<TeamId>, lead: Option<PersonId>) -> TeamRecord {
    TeamRecord { id, external_id: None, name: name.into(), parent, lead, archived: false }
}

pub(super) fn chart_of(organization: OrganizationId) -> OrgChart {
    let persons = vec![
        person(PETRA, Some(ALL), None),
        person(ADAM, Some(ALL), None),
        person(ELLA, Some(ALL), None),
        person(DORA, Some(NORTH), None),
        person(PAUL, Some(NORTH), None),
        person(MIA, Some(SALES), Some(DORA)),
        person(EMIL, Some(TEAM_A), Some(MIA)),
        person(CARL, Some(TEAM_A), Some(LINA)),
        person(GONE, Some(TEAM_A), Some(MIA)),
        person(LINA, Some(CARE), Some(DORA)),
        person(SUE, Some(SOUTH), None),
        person(SVEN, Some(SOUTH), Some(SUE)),
        person(OLGA, None, None),
        person(BERT, None, None),
    ];
    let teams = vec![
        team(ALL, "All", None, None),
        team(NORTH, "North", Some(ALL), Some(DORA)),
        team(SALES, "North Sales", Some(NORTH), Some(MIA)),
        team(TEAM_A, "Sales Team A", Some(SALES), None),
        team(CARE, "North Care", Some(NORTH), None),
        team(SOUTH, "South", Some(ALL), Some(SUE)),
    ];
    OrgChart::build(organization, 1, persons, teams).unwrap()
}

pub(super) fn signed_in(person: PersonId, grants: &[(Role, Option<TeamId>)]) -> Actor {
    let grants = grants.iter().map(|(role, team)| Grant { role: *role, team: *team }).collect();
    Actor { organization: OURS, principal: Principal::Person(person), grants }
}

pub(super) fn token(scopes: ScopeSet) -> Actor {
    let id = ApiTokenId(Uuid::from_u128(40));
    Actor { organization: OURS, principal: Principal::ApiToken { id, scopes }, grants: vec![] }
}
