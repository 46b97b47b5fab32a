//! Importing areas of responsibility: dry run, a report by line, idempotent by name and home team, all or nothing.
//!
//! A file adds and changes; it ends no part and gives no area up. Who is named is not told one by one: whoever imports a
//! whole organization's areas announces that.

use std::collections::{HashMap, HashSet};

use hearten_entity::{InOrganization, responsibility, responsibility_assignment};
use hearten_ids::{PersonId, ResponsibilityAssignmentId, ResponsibilityId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter};

use super::{
    assigning::insert_in_tx as insert_part_in_tx,
    import_rows::{self, Problems, Row, column_of},
    service::hold_all_in_tx,
    store::{Area, Assignment, Holder, Part},
    writing::{index_in_tx, insert_in_tx, write_in_tx},
};
use crate::{
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal},
    },
};

/// What an import did, or would do.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether the changes were made.
    pub applied: bool,
    /// Rows read.
    pub rows: usize,
    /// Areas that are new.
    pub created: usize,
    /// Areas whose texts differ from before.
    pub updated: usize,
    /// Areas whose texts do not.
    pub unchanged: usize,
    /// Parts that are new.
    pub assigned: usize,
    /// What is wrong. With problems, nothing was changed.
    pub problems: Problems,
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    created: Vec<Area>,
    updated: Vec<Area>,
    unchanged: usize,
    parts: Vec<(ResponsibilityId, Part, PersonId)>,
}

/// Imports a file on behalf of the asker.
///
/// # Errors
/// FORBIDDEN by policy. Problems of the file are in the outcome.
pub async fn import(ctx: &RequestContext, file: &str, dry_run: bool) -> Result<Outcome, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ImportResponsibilities, Resource::Organization)?;
    let mut problems = Problems::default();
    let rows = import_rows::read(file, &mut problems);
    let read = rows.len();
    if problems.count > 0 {
        return Ok(Outcome { rows: read, problems, ..Outcome::default() });
    }
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    hold_all_in_tx(&tx, organization).await?;
    let areas: Vec<Area> =
        responsibility::Entity::in_org(organization).all(&tx).await?.into_iter().map(Into::into).collect();
    let today = ctx.app.clock.today();
    let open = responsibility_assignment::Entity::in_org(organization)
        .filter(responsibility_assignment::Column::EndedAt.is_null())
        .all(&tx)
        .await?;
    let open: Vec<Assignment> = open.into_iter().map(Assignment::try_from).collect::<Result<_, Exception>>()?;
    let held = open.iter().filter(|part| part.is_open(today));
    let held = held.filter_map(|part| Some((part.area, part.part, part.holder.person()?))).collect();
    let plan = decide(ctx, &asker, rows, areas, held, &mut problems);
    let outcome = Outcome {
        applied: problems.count == 0 && !dry_run,
        rows: read,
        created: plan.created.len(),
        updated: plan.updated.len(),
        unchanged: plan.unchanged,
        assigned: plan.parts.len(),
        problems,
    };
    if outcome.applied {
        write(ctx, &tx, &asker, plan).await?;
        audit::record_in_tx(ctx, &tx, "responsibility.import", &organization.to_string(), None).await?;
        tx.commit().await?;
    }
    Ok(outcome)
}

fn decide(
    ctx: &RequestContext,
    asker: &Asker,
    rows: Vec<Row>,
    areas: Vec<Area>,
    mut held: HashSet<(ResponsibilityId, Part, PersonId)>,
    problems: &mut Problems,
) -> Plan {
    let chart = &asker.snapshot.chart;
    let key = |name: &str, team: Option<TeamId>| (name.to_lowercase(), team);
    let mut known: HashMap<(String, Option<TeamId>), Area> =
        areas.into_iter().map(|area| (key(&area.name, area.team), area)).collect();
    let (mut plan, mut seen) = (Plan::default(), HashSet::new());
    for row in rows {
        let team = match row.team.as_deref().map(|team| chart.team_by_external_id(team)) {
            None => None,
            Some(Some(team)) if !team.archived => Some(team.id),
            Some(_) => {
                problems.add(row.line, Some("team"), "there is no team with this external id");
                continue;
            }
        };
        let place = key(&row.name, team);
        if !seen.insert(place.clone()) {
            problems.add(row.line, Some("name"), "this area stands in the file twice");
            continue;
        }
        let now = ctx.app.clock.now();
        let before = known.remove(&place);
        let mut area = before.clone().unwrap_or_else(|| Area {
            id: ResponsibilityId(ctx.app.random.id(now)),
            name: row.name.clone(),
            description: None,
            keywords: Vec::new(),
            team,
            parent: None,
            retired_at: None,
            created_at: now,
        });
        if area.retired_at.is_some() {
            problems.add(row.line, Some("name"), "this area was given up; take it up again first");
            continue;
        }
        area.description = row.description.unwrap_or(area.description);
        area.keywords = row.keywords.unwrap_or(area.keywords);
        for (part, external_id) in row.parts {
            match chart.person_by_external_id(&external_id) {
                Some(person) if person.is_active() => {
                    if held.insert((area.id, part, person.id)) {
                        plan.parts.push((area.id, part, person.id));
                    }
                }
                _ => {
                    let message = format!("there is nobody here with the external id {external_id:?}");
                    problems.add(row.line, Some(&column_of(part)), message);
                }
            }
        }
        match before {
            None => plan.created.push(area),
            Some(before) if (&before.description, &before.keywords) == (&area.description, &area.keywords) => {
                plan.unchanged += 1;
            }
            Some(_) => plan.updated.push(area),
        }
    }
    plan
}

async fn write(
    ctx: &RequestContext,
    tx: &sea_orm::DatabaseTransaction,
    asker: &Asker,
    plan: Plan,
) -> Result<(), Exception> {
    let organization = asker.organization();
    for area in &plan.created {
        insert_in_tx(tx, asker, area).await?;
        index_in_tx(tx, organization, area).await?;
    }
    for area in &plan.updated {
        write_in_tx(tx, organization, area).await?;
        index_in_tx(tx, organization, area).await?;
    }
    let (now, today) = (ctx.app.clock.now(), ctx.app.clock.today());
    for (area, part, person) in plan.parts {
        let part = Assignment {
            id: ResponsibilityAssignmentId(ctx.app.random.id(now)),
            area,
            part,
            holder: Holder::Person(person),
            from_on: today,
            until_on: None,
            assigned_by: asker.person(),
            assigned_at: now,
            ended_at: None,
            ended_by: None,
            end_reason: None,
            handed_back: false,
        };
        insert_part_in_tx(tx, organization, &part).await?;
    }
    Ok(())
}
