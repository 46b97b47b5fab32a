//! Writing goals: creating and changing them.

use hearten_entity::{InOrganization, goal, goal_alignment};
use hearten_goals::{GoalLevel, GoalState, Place, ProgressSource, Rolled, Visibility, contributes};
use hearten_ids::{GoalCycleId, GoalId, PersonId, TeamId};
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{
    holding::Held,
    key_results::{self, MOST_KEY_RESULTS, NewKeyResult},
    store::{Goal, resource},
    telling,
    types::GoalField,
};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Characters of a title.
pub const LONGEST_TITLE: usize = 200;
/// Characters of a description.
pub const LONGEST_DESCRIPTION: usize = 4_000;
/// The days a goal may go without a check-in.
pub const CADENCES: std::ops::RangeInclusive<i32> = 1..=180;
/// The days unless somebody says otherwise.
pub const DEFAULT_CADENCE: i32 = 14;

/// How many goals of a cycle one holder may have: nobody pursues more, and lists of a holder's goals stay short.
pub const fn most_goals(level: GoalLevel) -> u64 {
    match level {
        GoalLevel::Person => 50,
        GoalLevel::Team => 100,
        GoalLevel::Organization => 200,
    }
}

/// A goal to be written.
#[derive(Debug)]
pub struct NewGoal {
    /// For which cycle.
    pub cycle: GoalCycleId,
    /// Whose it is.
    pub level: GoalLevel,
    /// The team, of a team's goal.
    pub team: Option<TeamId>,
    /// The person; of other goals, who answers for it.
    pub owner: Option<PersonId>,
    /// What is to be reached.
    pub title: String,
    /// Why and how.
    pub description: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// How many days may pass between check-ins.
    pub every_days: Option<i32>,
    /// What tells whether it is reached.
    pub key_results: Vec<NewKeyResult>,
}

/// The texts and numbers of a goal, checked.
pub(super) struct Checked {
    pub(super) place: Place,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) every_days: i32,
}

impl NewGoal {
    /// Everything that is wrong with it, or what it is. An owner the goal has already is not asked about again: they may have
    /// left or moved since.
    pub(super) fn check(&self, asker: &Asker, before: Option<Place>) -> Result<Checked, Vec<UserError>> {
        let mut problems = Vec::new();
        let place = self.place(asker, before).map_err(|problem| problems.push(problem));
        let title = input::text(["title"], &self.title, LONGEST_TITLE).map_err(|problem| problems.push(problem));
        let description = description(self.description.as_deref()).map_err(|problem| problems.push(problem));
        let every_days = cadence(self.every_days.unwrap_or(DEFAULT_CADENCE)).map_err(|problem| problems.push(problem));
        if self.key_results.len() > MOST_KEY_RESULTS {
            let message = format!("at most {MOST_KEY_RESULTS} key results");
            problems.push(UserError::at(UserErrorCode::TooLong, ["keyResults"], message));
        }
        for (at, new) in self.key_results.iter().enumerate().take(MOST_KEY_RESULTS) {
            problems.extend(new.problems(&["keyResults", &at.to_string()]));
        }
        match (place, title, description, every_days) {
            (Ok(place), Ok(title), Ok(description), Ok(every_days)) if problems.is_empty() => {
                Ok(Checked { place, title, description, every_days })
            }
            _ => Err(problems),
        }
    }

    fn place(&self, asker: &Asker, before: Option<Place>) -> Result<Place, UserError> {
        let chart = &asker.snapshot.chart;
        let invalid = |at: &str, message: &str| UserError::at(UserErrorCode::Invalid, [at], message);
        let has = |owner| before.is_some_and(|before| before.owner == Some(owner));
        let (team, owner) = match self.level {
            GoalLevel::Organization => {
                if self.team.is_some() {
                    return Err(invalid("team", "a goal of the organization has no team"));
                }
                if self.visibility != Visibility::Public {
                    return Err(invalid("visibility", "a goal of the organization is public"));
                }
                (None, self.owner)
            }
            GoalLevel::Team => {
                let id = self
                    .team
                    .ok_or_else(|| UserError::at(UserErrorCode::Required, ["team"], "a team's goal names its team"))?;
                let seen = asker.may(Action::ReadTeam, Resource::Team(id));
                let in_use = chart.team(id).filter(|team| !team.archived && seen);
                let missing = || UserError::at(UserErrorCode::NotFound, ["team"], "there is no such team");
                let id = in_use.ok_or_else(missing)?.id;
                if self.owner.is_some_and(|owner| !has(owner) && !belongs(chart, owner, id)) {
                    return Err(invalid("owner", "who answers for a team's goal belongs to the team or leads it"));
                }
                (Some(id), self.owner)
            }
            GoalLevel::Person => {
                if self.team.is_some() {
                    return Err(invalid("team", "a person's goal is of the person's team"));
                }
                let owner = self.owner.or_else(|| asker.person());
                (
                    None,
                    Some(owner.ok_or_else(|| UserError::at(UserErrorCode::Required, ["owner"], "whose goal is it?"))?),
                )
            }
        };
        let person = owner.filter(|owner| !has(*owner)).map(|id| {
            let person = chart.active_person(id).filter(|person| asker.may_read(person));
            person.ok_or_else(|| UserError::at(UserErrorCode::NotFound, ["owner"], "there is no such person here"))
        });
        let person = person.transpose()?;
        let team = match self.level {
            // A person's goal stays in the team it was written in: what counts in what was decided there.
            GoalLevel::Person => before.map_or_else(|| person.and_then(|person| person.team), |before| before.team),
            GoalLevel::Organization | GoalLevel::Team => team,
        };
        let place = Place { level: self.level, team, owner, visibility: self.visibility };
        if asker.may(Action::WriteGoal, resource(asker.organization(), place)) {
            return Ok(place);
        }
        let at = match self.level {
            GoalLevel::Organization => "level",
            GoalLevel::Team => "team",
            GoalLevel::Person => "owner",
        };
        let message = "you may write your own goals, those of persons below you, of teams you lead or look after, and those \
                       of the organization by office; private ones only where they are yours or your team's";
        Err(UserError::at(UserErrorCode::Forbidden, [at], message))
    }
}

fn description(text: Option<&str>) -> Result<String, UserError> {
    match text.map(str::trim) {
        None | Some("") => Ok(String::new()),
        Some(text) => input::text(["description"], text, LONGEST_DESCRIPTION),
    }
}

pub(super) fn cadence(days: i32) -> Result<i32, UserError> {
    if CADENCES.contains(&days) {
        return Ok(days);
    }
    Err(UserError::at(UserErrorCode::Invalid, ["checkInEveryDays"], "1 to 180 days"))
}

/// Writes a new goal with its key results.
///
/// # Errors
/// Refusals for what it says, also where the asker may not write such a goal.
pub async fn create(ctx: &RequestContext, new: NewGoal, key: Option<Key>) -> Result<GoalId, Refusal> {
    let asker = ctx.asker()?;
    let checked = new.check(&asker, None)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let held = Held::cycle(ctx, new.cycle).await?;
    held.require_unclosed(["cycle"])?;
    require_room(&held, checked.place).await?;
    let goal = insert_in_tx(&held, checked, None, None).await?;
    let mut graph = held.graph().await?;
    for part in new.key_results.iter().enumerate() {
        graph.put_key_result(key_results::insert_in_tx(&held, goal.id, part).await?);
    }
    held.roll_up(&mut graph, &[goal.id]).await?;
    let snapshot = &held.asker.snapshot;
    telling::index_in_tx(&held.tx, snapshot, &goal).await?;
    let told = (&goal, HappeningKind::GoalCreated, false);
    telling::tell_in_tx(&ctx.app, &held.tx, snapshot, asker.person(), told).await?;
    if let Some(key) = &key {
        key.remember(&held.tx, &goal.id, now).await?;
    }
    held.commit().await?;
    Ok(goal.id)
}

/// Passes while a holder may have one more goal in the cycle.
pub(super) async fn require_room(held: &Held<'_>, place: Place) -> Result<(), Refusal> {
    let most = most_goals(place.level);
    let query = goal::Entity::in_org(held.organization())
        .filter(goal::Column::CycleId.eq(held.cycle.id))
        .filter(goal::Column::Level.eq(place.level.as_str()));
    let query = match place.level {
        GoalLevel::Person => query.filter(goal::Column::OwnerId.eq(place.owner)),
        GoalLevel::Team => query.filter(goal::Column::TeamId.eq(place.team)),
        GoalLevel::Organization => query,
    };
    if query.count(&held.tx).await? < most {
        return Ok(());
    }
    let message = format!("at most {most} goals of one holder in a cycle");
    Err(UserError::at(UserErrorCode::TooLong, ["cycle"], message).into())
}

/// Inserts a goal without anything to tell its progress by.
pub(super) async fn insert_in_tx(
    held: &Held<'_>,
    checked: Checked,
    origin: Option<GoalId>,
    external_id: Option<String>,
) -> Result<Goal, Exception> {
    let id = GoalId(held.ctx.app.random.id(held.now));
    let Checked { place, title, description, every_days } = checked;
    let goal = Goal {
        id,
        organization: held.organization(),
        cycle: held.cycle.id,
        place,
        title,
        description,
        state: GoalState::Open,
        every_days,
        due_on: first_due(held, every_days),
        checked_in_at: None,
        confidence: None,
        manual: None,
        rolled: Rolled::default(),
        score: None,
        score_note: None,
        origin,
        created_by: held.asker.person(),
        created_at: held.now,
        closed_at: None,
    };
    goal::Entity::insert(goal::ActiveModel {
        id: Set(id),
        organization_id: Set(goal.organization),
        cycle_id: Set(goal.cycle),
        level: Set(place.level.as_str().to_owned()),
        team_id: Set(place.team),
        owner_id: Set(place.owner),
        title: Set(goal.title.clone()),
        description: Set(goal.description.clone()),
        visibility: Set(place.visibility.as_str().to_owned()),
        state: Set(goal.state.as_str().to_owned()),
        check_in_every_days: Set(every_days),
        check_in_due_on: Set(goal.due_on),
        stale_told: Set(false),
        checked_in_at: Set(None),
        confidence: Set(None),
        confidence_score: Set(None),
        manual_ppm: Set(None),
        progress_ppm: Set(None),
        progress_source: Set(ProgressSource::None.as_str().to_owned()),
        score: Set(None),
        score_note: Set(None),
        origin_id: Set(origin),
        external_id: Set(external_id),
        created_by: Set(goal.created_by),
        created_at: Set(held.now),
        closed_at: Set(None),
    })
    .exec_without_returning(&held.tx)
    .await?;
    Ok(goal)
}

/// The first check-in is due a cadence after the goal was written, or after the cycle begins.
fn first_due(held: &Held<'_>, every_days: i32) -> chrono::NaiveDate {
    let begins = held.cycle.starts_on.max(held.today());
    begins.checked_add_signed(chrono::TimeDelta::days(every_days.into())).unwrap_or(begins)
}

/// What of a goal is to change.
#[derive(Debug, Default)]
pub struct GoalUpdate {
    /// What is to be reached.
    pub title: Option<String>,
    /// Why and how; none inside takes it away.
    pub description: Option<Option<String>>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
    /// Who answers for a team's or the organization's goal; none inside takes it away.
    pub owner: Option<Option<PersonId>>,
    /// How many days may pass between check-ins.
    pub every_days: Option<i32>,
}

/// Changes a goal.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what is not accepted, and for a goal that is closed.
pub async fn update(ctx: &RequestContext, id: GoalId, change: GoalUpdate) -> Result<(), Refusal> {
    let (mut held, before) = Held::goal(ctx, id, Action::WriteGoal).await?;
    held.require_open(&before)?;
    let after = changed(&held.asker, &before, change)?;
    let place = after.place;
    let due_on = if after.every_days == before.every_days {
        before.due_on
    } else {
        before.due_on + chrono::TimeDelta::days((after.every_days - before.every_days).into())
    };
    goal::Entity::update_in_org(held.organization())
        .filter(goal::Column::Id.eq(id))
        .col_expr(goal::Column::Title, Expr::value(after.title.clone()))
        .col_expr(goal::Column::Description, Expr::value(after.description.clone()))
        .col_expr(goal::Column::Visibility, Expr::value(place.visibility.as_str()))
        .col_expr(goal::Column::OwnerId, Expr::value(place.owner))
        .col_expr(goal::Column::CheckInEveryDays, Expr::value(after.every_days))
        .col_expr(goal::Column::CheckInDueOn, Expr::value(due_on))
        .exec(&held.tx)
        .await?;
    let owner = |place: Place| place.owner.map(|owner| owner.to_string());
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    held.note(id, GoalField::Title, text(&before.title), text(&after.title));
    held.note(id, GoalField::Description, text(&before.description), text(&after.description));
    held.note(id, GoalField::Visibility, text(before.place.visibility.as_str()), text(place.visibility.as_str()));
    held.note(id, GoalField::Owner, owner(before.place), owner(place));
    let days = |goal: &Goal| Some(goal.every_days.to_string());
    held.note(id, GoalField::CheckInEveryDays, days(&before), days(&after));
    if before.place.visibility != place.visibility {
        recount_in_tx(&held, &after).await?;
    }
    telling::index_in_tx(&held.tx, &held.asker.snapshot, &after).await?;
    held.commit().await?;
    Ok(())
}

fn changed(asker: &Asker, before: &Goal, change: GoalUpdate) -> Result<Goal, Refusal> {
    let place = before.place;
    if change.owner.is_some_and(|owner| owner != place.owner) && place.level == GoalLevel::Person {
        let message = "a person's goal stays that person's; close it, or roll it over and write a new one";
        return Err(UserError::at(UserErrorCode::Invalid, ["owner"], message).into());
    }
    let wish = NewGoal {
        cycle: before.cycle,
        level: place.level,
        team: place.team.filter(|_| place.level == GoalLevel::Team),
        owner: change.owner.unwrap_or(place.owner),
        title: change.title.unwrap_or_else(|| before.title.clone()),
        description: change.description.unwrap_or_else(|| Some(before.description.clone())),
        visibility: change.visibility.unwrap_or(place.visibility),
        every_days: Some(change.every_days.unwrap_or(before.every_days)),
        key_results: Vec::new(),
    };
    let checked = wish.check(asker, Some(place))?;
    Ok(Goal {
        place: checked.place,
        title: checked.title,
        description: checked.description,
        every_days: checked.every_days,
        ..before.clone()
    })
}

/// Decides anew what a goal counts in, and what counts in it.
async fn recount_in_tx(held: &Held<'_>, goal: &Goal) -> Result<(), Exception> {
    let organization = held.organization();
    let at_goal = Condition::any()
        .add(goal_alignment::Column::ChildId.eq(goal.id))
        .add(goal_alignment::Column::ParentId.eq(goal.id));
    let edges = goal_alignment::Entity::in_org(organization).filter(at_goal).all(&held.tx).await?;
    let others = edges.iter().flat_map(|edge| [edge.child_id, edge.parent_id]);
    let rows = goal::Entity::in_org(organization).filter(goal::Column::Id.is_in(others)).all(&held.tx).await?;
    let goals = rows.into_iter().map(Goal::try_from).collect::<Result<Vec<_>, _>>()?;
    let place = |id: GoalId| goals.iter().find(|goal| goal.id == id).map(|goal| goal.place);
    let counts = |child, parent| matches!((place(child), place(parent)), (Some(child), Some(parent)) if contributes(child, parent));
    for wanted in [true, false] {
        let ids = edges.iter().filter(|edge| counts(edge.child_id, edge.parent_id) == wanted).map(|edge| edge.id);
        goal_alignment::Entity::update_in_org(organization)
            .filter(goal_alignment::Column::Id.is_in(ids))
            .col_expr(goal_alignment::Column::Contributes, Expr::value(wanted))
            .exec(&held.tx)
            .await?;
    }
    let mut graph = held.graph().await?;
    let mut from = graph.parents(goal.id);
    from.push(goal.id);
    held.roll_up(&mut graph, &from).await
}

/// Whether somebody belongs to a team, so that a goal of it can be theirs to answer for.
fn belongs(chart: &OrgChart, person: PersonId, team: TeamId) -> bool {
    let leads = |led: TeamId| chart.is_in_subtree(led, team) || chart.is_in_subtree(team, led);
    chart.belongs_to_subtree(person, team) || chart.teams_led_by(person).iter().any(|led| leads(led.id))
}
