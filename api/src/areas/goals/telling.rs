//! Who is told of what happens to goals, and who finds them.

use hearten_entity::{InOrganization, goal, goal_alignment};
use hearten_goals::{GoalLevel, GoalState, Visibility};
use hearten_ids::{OrganizationId, PersonId};
use hearten_policy::{Action, Actor, Principal, decide};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use super::store::Goal;
use crate::{
    app::App,
    areas::{
        directory::types::Snapshot,
        happenings::{Happening, HappeningKind, record_in_tx},
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::error::Exception,
};

/// Goals whose owners are told of one that supports them; of more, the newest.
const MOST_WATCHED: u64 = 100;

/// Who answers for a goal: its owner, or else who leads its team.
pub fn answers_for(snapshot: &Snapshot, goal: &Goal) -> Option<PersonId> {
    let active = |id| snapshot.chart.active_person(id).map(|person| person.id);
    let owner = goal.place.owner.and_then(active);
    owner.or_else(|| {
        goal.place
            .team
            .filter(|_| goal.place.level == GoalLevel::Team)
            .and_then(|team| Some(snapshot.chart.lead(team)?.id))
    })
}

/// Whether a person may see a goal.
pub fn may_see(snapshot: &Snapshot, organization: OrganizationId, person: PersonId, goal: &Goal) -> bool {
    let actor = Actor { organization, principal: Principal::Person(person), grants: snapshot.grants_of(person) };
    decide(&actor, Action::ReadGoal, goal.resource(), &snapshot.chart).is_allowed()
}

/// Tells who answers for a goal, and with `watchers` also those of the goals it supports. Nobody is told of what they may
/// not see.
///
/// # Errors
/// When the database fails.
pub async fn tell_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    snapshot: &Snapshot,
    actor: Option<PersonId>,
    (goal, kind, watchers): (&Goal, HappeningKind, bool),
) -> Result<(), Exception> {
    let organization = goal.organization;
    let mut concerns: Vec<PersonId> = answers_for(snapshot, goal).into_iter().collect();
    if watchers {
        let parents = goal_alignment::Entity::in_org(organization)
            .filter(goal_alignment::Column::ChildId.eq(goal.id))
            .select_only()
            .column(goal_alignment::Column::ParentId);
        let parents = sea_orm::QueryTrait::into_query(parents);
        let rows = goal::Entity::in_org(organization)
            .filter(goal::Column::Id.in_subquery(parents))
            .limit(MOST_WATCHED)
            .all(tx)
            .await?;
        for row in rows {
            concerns.extend(answers_for(snapshot, &Goal::try_from(row)?));
        }
    }
    concerns.retain(|person| may_see(snapshot, organization, *person, goal));
    record_in_tx(app, tx, organization, Happening { kind, subject: goal.id.to_string(), actor, concerns }).await
}

/// Makes a goal findable by those who may see it, or not at all once it was given up.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(tx: &impl ConnectionTrait, snapshot: &Snapshot, goal: &Goal) -> Result<(), Exception> {
    let subject = goal.id.to_string();
    if goal.state == GoalState::Archived {
        return search::forget_in_tx(tx, goal.organization, &subject).await;
    }
    let person = answers_for(snapshot, goal).map(Audience::Person);
    let audience = match goal.place.visibility {
        Visibility::Public => vec![Audience::Everybody],
        Visibility::Team => goal.place.team.map(Audience::Team).into_iter().chain(person).collect(),
        Visibility::Private => person.into_iter().collect(),
    };
    let entry = Entry { kind: SearchKind::Goal, subject, title: &goal.title, body: &goal.description, audience };
    search::index_in_tx(tx, goal.organization, entry).await
}
