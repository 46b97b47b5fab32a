//! Importing goals: dry run, a report by line, idempotent by external id, all or nothing.

use std::{collections::HashMap, io::Read};

use hearten_entity::{InOrganization, goal, goal_alignment};
use hearten_goals::{Edge, GoalLevel, GoalNode, GoalState, Graph, Visibility, contributes};
use hearten_ids::{GoalAlignmentId, GoalCycleId, GoalId, PersonId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    holding::Held,
    import_rows::{self, Problems, Row},
    key_results::{self, MOST_KEY_RESULTS},
    store::Goal,
    telling,
    writing::{self, Checked, DEFAULT_CADENCE, LONGEST_DESCRIPTION, cadence, most_goals},
};
use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal},
        input,
    },
};

/// What an import did, or would do.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether the changes were made.
    pub applied: bool,
    /// Rows read.
    pub rows: usize,
    /// Goals that are new.
    pub created: usize,
    /// Key results that are new.
    pub key_results: usize,
    /// Alignments that are new.
    pub alignments: usize,
    /// Goals that were there already.
    pub unchanged: usize,
    /// What is wrong. With problems, nothing was changed.
    pub problems: Problems,
}

/// Imports goals into a cycle. What was imported before stays as it is: its rows are passed over.
///
/// An import is made by office, as that of the directory: it writes goals of any team and person, but no private ones;
/// a token writes none of persons.
///
/// # Errors
/// FORBIDDEN by policy; refusals when there is no such cycle, or it is closed. Problems of the file are in the outcome.
pub async fn import(
    ctx: &RequestContext,
    cycle: GoalCycleId,
    file: impl Read,
    dry_run: bool,
) -> Result<Outcome, Refusal> {
    ctx.asker()?.require(Action::ImportGoals, Resource::Organization)?;
    let mut problems = Problems::default();
    let rows = import_rows::read(file, &mut problems);
    let mut outcome = Outcome { rows: rows.len(), ..Outcome::default() };
    if problems.count > 0 {
        return Ok(Outcome { problems, ..outcome });
    }
    let held = Held::cycle(ctx, cycle).await?;
    held.require_unclosed(["cycle"])?;
    let known = known_goals(&held).await?;
    let mut graph = held.graph().await?;
    let room = taken(&held).await?;
    let mut work = Work { held: &held, known: &known, written: HashMap::new(), problems, graph: &mut graph, room };
    let groups = grouped(&rows);
    for group in &groups {
        if known.contains_key(group[0].external_id.as_str()) {
            outcome.unchanged += 1;
        } else if let Some(parts) = work.write(group).await? {
            outcome.created += 1;
            outcome.key_results += parts;
        }
    }
    outcome.alignments = work.align(&groups).await?;
    let (written, problems) = (work.written, work.problems);
    if problems.count > 0 {
        return Ok(Outcome { problems, rows: outcome.rows, ..Outcome::default() });
    }
    if dry_run || written.is_empty() {
        // Nothing to keep: the transaction is rolled back.
        return Ok(outcome);
    }
    let ids: Vec<GoalId> = written.values().map(|goal| goal.id).collect();
    held.roll_up(&mut graph, &ids).await?;
    for goal in written.values() {
        telling::index_in_tx(&held.tx, &held.asker.snapshot, goal).await?;
    }
    audit::record_in_tx(ctx, &held.tx, "goals.import", &cycle.to_string(), None).await?;
    held.commit().await?;
    Ok(Outcome { applied: true, ..outcome })
}

/// The goals of the cycle that an import wrote, by their external ids.
async fn known_goals(held: &Held<'_>) -> Result<HashMap<String, Goal>, Exception> {
    let rows = goal::Entity::in_org(held.organization())
        .filter(goal::Column::CycleId.eq(held.cycle.id))
        .filter(goal::Column::ExternalId.is_not_null())
        .all(&held.tx)
        .await?;
    let named = |row: goal::Model| Ok((row.external_id.clone().unwrap_or_default(), Goal::try_from(row)?));
    rows.into_iter().map(named).collect()
}

/// Whose goals are counted together.
type HolderOf = (GoalLevel, Option<TeamId>, Option<PersonId>);

fn holder_of(level: GoalLevel, team: Option<TeamId>, owner: Option<PersonId>) -> HolderOf {
    match level {
        GoalLevel::Organization => (level, None, None),
        GoalLevel::Team => (level, team, None),
        GoalLevel::Person => (level, None, owner),
    }
}

/// How many goals each holder has in the cycle, however they were written.
async fn taken(held: &Held<'_>) -> Result<HashMap<HolderOf, u64>, Exception> {
    let rows: Vec<(String, Option<TeamId>, Option<PersonId>)> = goal::Entity::in_org(held.organization())
        .filter(goal::Column::CycleId.eq(held.cycle.id))
        .select_only()
        .columns([goal::Column::Level, goal::Column::TeamId, goal::Column::OwnerId])
        .into_tuple()
        .all(&held.tx)
        .await?;
    let mut room = HashMap::new();
    for (level, team, owner) in rows {
        let level = level.parse().map_err(Exception::internal)?;
        *room.entry(holder_of(level, team, owner)).or_default() += 1;
    }
    Ok(room)
}

/// Rows of the same goal together, in the order of the file.
fn grouped(rows: &[Row]) -> Vec<Vec<&Row>> {
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    let mut place: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let at = *place.entry(&row.external_id).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(row);
    }
    groups
}

struct Work<'a> {
    held: &'a Held<'a>,
    known: &'a HashMap<String, Goal>,
    written: HashMap<String, Goal>,
    problems: Problems,
    graph: &'a mut Graph,
    room: HashMap<HolderOf, u64>,
}

impl Work<'_> {
    /// Nobody gets more goals by an import than by hand: what is there already counts, too.
    fn take_room(&mut self, line: u64, place: hearten_goals::Place) {
        let most = most_goals(place.level);
        let count = self.room.entry(holder_of(place.level, place.team, place.owner)).or_default();
        *count += 1;
        if *count > most {
            self.problems.add(line, None, format!("at most {most} goals of one holder in a cycle"));
        }
    }

    /// Writes the goal of these rows and its key results; none when something is wrong with it.
    async fn write(&mut self, group: &[&Row]) -> Result<Option<usize>, Exception> {
        let first = group[0];
        let before = self.problems.count;
        let checked = self.checked(first);
        let parts: Vec<_> = group.iter().filter_map(|row| row.key_result.as_ref()).collect();
        if parts.len() > MOST_KEY_RESULTS {
            self.problems.add(first.line, Some("key_result"), format!("at most {MOST_KEY_RESULTS} key results"));
        }
        if let Some(checked) = &checked {
            self.take_room(first.line, checked.place);
        }
        let Some(checked) = checked.filter(|_| self.problems.count == before) else { return Ok(None) };
        let goal = writing::insert_in_tx(self.held, checked, None, Some(first.external_id.clone())).await?;
        self.graph.put_goal(GoalNode {
            id: goal.id,
            manual: None,
            counts: goal.state != GoalState::Archived,
            stored: goal.rolled,
        });
        for part in parts.iter().copied().enumerate() {
            self.graph.put_key_result(key_results::insert_in_tx(self.held, goal.id, part).await?);
        }
        self.written.insert(first.external_id.clone(), goal);
        Ok(Some(parts.len()))
    }

    fn checked(&mut self, row: &Row) -> Option<Checked> {
        let chart = &self.held.asker.snapshot.chart;
        let mut wrong = |column: &str, message: &str| self.problems.add(row.line, Some(column), message);
        if row.visibility == Visibility::Private {
            wrong("visibility", "an import writes no private goals");
            return None;
        }
        let owner = match row.owner.as_deref() {
            None => None,
            Some(id) => match chart.person_by_external_id(id).filter(|person| person.is_active()) {
                Some(person) => Some(person),
                None => {
                    wrong("owner", "there is no such person here");
                    return None;
                }
            },
        };
        let team = match row.team.as_deref() {
            None => None,
            Some(id) => match chart.team_by_external_id(id).filter(|team| !team.archived) {
                Some(team) => Some(team.id),
                None => {
                    wrong("team", "there is no such team");
                    return None;
                }
            },
        };
        let problem = match row.level {
            GoalLevel::Organization if team.is_some() => Some(("team", "a goal of the organization has no team")),
            GoalLevel::Organization if row.visibility != Visibility::Public => {
                Some(("visibility", "a goal of the organization is public"))
            }
            GoalLevel::Team if team.is_none() => Some(("team", "a team's goal names its team")),
            GoalLevel::Person if team.is_some() => Some(("team", "a person's goal is of the person's team")),
            GoalLevel::Person if owner.is_none() => Some(("owner", "a person's goal names its owner")),
            GoalLevel::Person if self.held.asker.person().is_none() => {
                Some(("level", "a token imports no goals of persons"))
            }
            GoalLevel::Organization | GoalLevel::Team | GoalLevel::Person => None,
        };
        if let Some((column, message)) = problem {
            wrong(column, message);
            return None;
        }
        let every_days = match cadence(row.every_days.unwrap_or(DEFAULT_CADENCE)) {
            Ok(days) => days,
            Err(refused) => {
                wrong("check_in_every_days", &refused.message);
                return None;
            }
        };
        let description = row.description.as_deref().unwrap_or_default();
        if !description.is_empty()
            && let Err(refused) = input::text(["description"], description, LONGEST_DESCRIPTION)
        {
            wrong("description", &refused.message);
            return None;
        }
        let place = hearten_goals::Place {
            level: row.level,
            team: if row.level == GoalLevel::Person { owner.and_then(|owner| owner.team) } else { team },
            owner: owner.map(|owner| owner.id),
            visibility: row.visibility,
        };
        Some(Checked { place, title: row.title.clone(), description: description.to_owned(), every_days })
    }

    /// Aligns what was written with what it supports.
    async fn align(&mut self, groups: &[Vec<&Row>]) -> Result<usize, Exception> {
        let mut rows = Vec::new();
        for row in groups.iter().flatten() {
            let (Some((target, weight)), Some(child)) = (&row.supports, self.written.get(&row.external_id)) else {
                continue;
            };
            // What the importer may not see is not there for them, as when goals are aligned by hand.
            let seen = |goal: &&Goal| self.held.asker.may(Action::ReadGoal, goal.resource());
            let Some(parent) = self.written.get(target).or_else(|| self.known.get(target).filter(seen)) else {
                self.problems.add(
                    row.line,
                    Some("supports"),
                    "the file and the cycle have no goal with this external_id",
                );
                continue;
            };
            let supported = self.graph.parents(child.id);
            if supported.contains(&parent.id) {
                self.problems.add(row.line, Some("supports"), "the goal supports this already");
                continue;
            }
            if supported.len() as u64 >= super::aligning::MOST_SUPPORTED {
                self.problems.add(row.line, Some("supports"), "a goal supports at most 100 others");
                continue;
            }
            if self.graph.supporter_count(parent.id) as u64 >= super::aligning::MOST_SUPPORTERS {
                self.problems.add(row.line, Some("supports"), "a goal is supported by at most 1000 others");
                continue;
            }
            if let Err(problem) = self.graph.may_align(child.id, parent.id) {
                self.problems.add(row.line, Some("supports"), problem.to_string());
                continue;
            }
            let counts = contributes(child.place, parent.place);
            self.graph.put_edge(Edge {
                child: child.id,
                parent: parent.id,
                key_result: None,
                weight: *weight,
                contributes: counts,
            });
            rows.push(goal_alignment::ActiveModel {
                id: Set(GoalAlignmentId(self.held.ctx.app.random.id(self.held.now))),
                organization_id: Set(self.held.organization()),
                cycle_id: Set(self.held.cycle.id),
                child_id: Set(child.id),
                parent_id: Set(parent.id),
                key_result_id: Set(None),
                weight: Set(*weight),
                contributes: Set(counts),
                created_at: Set(self.held.now),
            });
        }
        let count = rows.len();
        let mut rest = rows.into_iter().peekable();
        while rest.peek().is_some() {
            let batch: Vec<_> = rest.by_ref().take(1_000).collect();
            goal_alignment::Entity::insert_many(batch).exec_without_returning(&self.held.tx).await?;
        }
        Ok(count)
    }
}
