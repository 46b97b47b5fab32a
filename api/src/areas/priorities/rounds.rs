//! Opening and closing rounds. Closing aggregates the rankings and deletes them in the same transaction: what remains of a
//! person is that he or she took part.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_disclosure::{QuestionShape, ReleasePlan, release};
use hearten_entity::{InOrganization, priority_ballot, priority_invitation, priority_round};
use hearten_ids::{PersonId, PriorityInvitationId, PriorityRoundId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord};
use hearten_ranking::Contest;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::OnConflict};
use serde_json::Value;

use super::store::{Choice, PriorityRoundState};
use crate::{
    app::App,
    areas::{
        happenings::{self, Happening, HappeningKind},
        results::service::{Frame, Member},
        surveys::store::{stored, to_json},
    },
    graphql::error::Exception,
};

/// Rows written by one statement.
const BATCH: usize = 1_000;
/// What the cut of all who took part is called.
const EVERYONE: &str = "Everyone";

/// Opens a round: freezes whom it asks and by which groups it can be shown.
///
/// # Errors
/// When the database fails.
pub async fn open_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    chart: &OrgChart,
    row: priority_round::Model,
    actor: Option<PersonId>,
) -> Result<(), Exception> {
    let now = app.clock.now();
    let teams: Vec<TeamId> = stored(row.audience.clone())?;
    let asked = asked(chart, &teams);
    let nothing = Value::Null;
    let members: Vec<Member<'_>> =
        asked.iter().map(|person| Member { team: person.team, attributes: &nothing }).collect();
    let frame = Frame::freeze(chart, EVERYONE, &[], &members);
    for chunk in asked.chunks(BATCH) {
        let rows = chunk.iter().map(|person| priority_invitation::ActiveModel {
            id: Set(PriorityInvitationId(app.random.id(now))),
            organization_id: Set(row.organization_id),
            round_id: Set(row.id),
            person_id: Set(person.id),
            team_id: Set(person.team),
            took_part: Set(false),
        });
        priority_invitation::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    let change = priority_round::ActiveModel {
        state: Set(PriorityRoundState::Open.as_str().to_owned()),
        frame: Set(to_json(&frame)?),
        ..Default::default()
    };
    let update = priority_round::Entity::update_in_org(row.organization_id);
    update.filter(priority_round::Column::Id.eq(row.id)).set(change).exec(tx).await?;
    let concerns = asked.iter().map(|person| person.id).collect();
    let kind = HappeningKind::PrioritiesOpened;
    let happening = Happening { kind, subject: row.id.to_string(), actor, concerns };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}

/// Who is in the audience now.
fn asked<'a>(chart: &'a OrgChart, teams: &[TeamId]) -> Vec<&'a PersonRecord> {
    let mut persons: Vec<&PersonRecord> = if teams.is_empty() {
        chart.persons().iter().collect()
    } else {
        teams.iter().flat_map(|team| chart.members_of_subtree(*team).iter().collect::<Vec<_>>()).collect()
    };
    persons.sort_by_key(|person| person.id);
    persons.dedup_by_key(|person| person.id);
    persons
}

/// Closes a round that is held: aggregates, deletes the rankings, and plans the next round where there is a cadence.
///
/// # Errors
/// When the database fails.
pub async fn close_in_tx(app: &App, tx: &DatabaseTransaction, row: priority_round::Model) -> Result<(), Exception> {
    let (organization, now) = (row.organization_id, app.clock.now());
    let invitations = priority_invitation::Entity::in_org(organization)
        .filter(priority_invitation::Column::RoundId.eq(row.id))
        .all(tx)
        .await?;
    let ballots = priority_ballot::Entity::in_org(organization)
        .filter(priority_ballot::Column::RoundId.eq(row.id))
        .all(tx)
        .await?;
    let teams: HashMap<PersonId, Option<TeamId>> =
        invitations.iter().map(|invited| (invited.person_id, invited.team_id)).collect();
    let rankings =
        ballots.into_iter().map(|ballot| (teams.get(&ballot.person_id).copied().flatten(), ballot.ranking)).collect();
    let concerns = invitations.iter().filter(|invited| invited.took_part).map(|invited| invited.person_id).collect();
    let aggregated = {
        let row = row.clone();
        tokio::task::spawn_blocking(move || aggregate(&row, rankings)).await.map_err(Exception::internal)??
    };
    let (plan, results) = aggregated;
    let gone = priority_ballot::Entity::delete_in_org(organization);
    gone.filter(priority_ballot::Column::RoundId.eq(row.id)).exec(tx).await?;
    let change = priority_round::ActiveModel {
        state: Set(PriorityRoundState::Closed.as_str().to_owned()),
        closed_at: Set(Some(now)),
        plan: Set(to_json(&plan)?),
        results: Set(results),
        ..Default::default()
    };
    let update = priority_round::Entity::update_in_org(organization);
    update.filter(priority_round::Column::Id.eq(row.id)).set(change).exec(tx).await?;
    if let Some(weeks) = row.cadence_weeks {
        plan_next_in_tx(app, tx, &row, weeks, now).await?;
    }
    let kind = HappeningKind::PrioritiesClosed;
    let happening = Happening { kind, subject: row.id.to_string(), actor: None, concerns };
    happenings::record_in_tx(app, tx, organization, happening).await
}

/// The plan, decided from who took part alone, and the counts it lets be shown. A ranking is counted as the points of each
/// option and the preference in each pair, each a sum over people like the options of a question.
fn aggregate(
    row: &priority_round::Model,
    rankings: Vec<(Option<TeamId>, Vec<u8>)>,
) -> Result<(ReleasePlan, Vec<u8>), Exception> {
    let options: Vec<Choice> = stored(row.options.clone())?;
    let frame: Frame = stored(row.frame.clone())?;
    let contest = Contest::of(options.len()).ok_or_else(|| Exception::internal(anyhow::anyhow!("no contest")))?;
    let nothing = Value::Null;
    let members: Vec<Member<'_>> =
        rankings.iter().map(|(team, _)| Member { team: *team, attributes: &nothing }).collect();
    let candidates = frame.candidates(&members);
    let minimum = usize::try_from(row.minimum_group).unwrap_or(usize::MAX);
    let plan = ReleasePlan::decide(members.len(), minimum, &candidates).map_err(Exception::internal)?;
    let mut sheets: Vec<Vec<u8>> = Vec::with_capacity(rankings.len());
    for (_, ranking) in &rankings {
        let ranking: Vec<usize> = ranking.iter().map(|option| usize::from(*option)).collect();
        // Not the error itself: it names a place in somebody's ranking.
        let ballot =
            contest.ballot(&ranking).map_err(|_| Exception::internal(anyhow::anyhow!("a stored ballot is none")))?;
        sheets.push(contest.codes(&ballot));
    }
    let sheets: Vec<&[u8]> = sheets.iter().map(Vec::as_slice).collect();
    let questions: Vec<QuestionShape> =
        contest.columns().into_iter().map(|options| QuestionShape { options }).collect();
    let table = release(&plan, &candidates, &questions, &sheets).map_err(Exception::internal)?;
    Ok((plan, table.encode()))
}

async fn plan_next_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    row: &priority_round::Model,
    weeks: i32,
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    // Not in the past, should nobody have looked for a while.
    let opens_at = (row.opens_at + TimeDelta::weeks(weeks.into())).max(now);
    let next = priority_round::ActiveModel {
        id: Set(PriorityRoundId(app.random.id(now))),
        organization_id: Set(row.organization_id),
        title: Set(row.title.clone()),
        options: Set(row.options.clone()),
        audience: Set(row.audience.clone()),
        state: Set(PriorityRoundState::Scheduled.as_str().to_owned()),
        minimum_group: Set(row.minimum_group),
        cadence_weeks: Set(row.cadence_weeks),
        opens_at: Set(opens_at),
        closes_at: Set(opens_at + (row.closes_at - row.opens_at)),
        closed_at: Set(None),
        frame: Set(Value::Null),
        plan: Set(Value::Null),
        results: Set(Vec::new()),
        previous_id: Set(Some(row.id)),
        created_by: Set(row.created_by),
        created_at: Set(now),
    };
    let once = OnConflict::column(priority_round::Column::PreviousId).do_nothing().to_owned();
    priority_round::Entity::insert(next).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}
