//! Finding goals, key results and cycles, each behind the policy.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use hearten_entity::{InOrganization, goal, goal_alignment, goal_cycle};
use hearten_goals::{Confidence, CycleState, GoalLevel, GoalState, Visibility};
use hearten_ids::{GoalAlignmentId, GoalCycleId, GoalId, KeyResultId, OrganizationId, PersonId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ColumnTrait, Condition, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Func},
};

use super::{
    loaders::{Aligned, AlignmentsOf, GoalsOf, Holder, KeyResultsOf, open_cycles},
    store::{Cycle, Goal, KeyResult},
    types,
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{ErrorCode, Exception},
    paging::{Arranged, Listing, Page, Window, listing, newest_first},
};

/// Rows read at once while a page is filled with what the asker may see, and after how many such reads a page that is
/// not full is answered as it is.
const BATCH: usize = 100;
const MOST_BATCHES: usize = 20;
/// After how many reads without anything the asker may see a list is refused.
const MOST_BATCHES_FOR_NOTHING: usize = 100;

/// Whether the asker may see a goal.
pub fn sees(asker: &Asker, goal: &Goal) -> bool {
    asker.may(Action::ReadGoal, goal.resource())
}

/// The goal with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find_goal(ctx: &RequestContext, id: GoalId) -> Result<Option<Arc<Goal>>, Exception> {
    let asker = ctx.asker()?;
    Ok(ctx.loaders()?.load(id).await?.filter(|goal| sees(&asker, goal)))
}

/// The key result with this id, when the asker may see its goal.
///
/// # Errors
/// When the database is away.
pub async fn find_key_result(ctx: &RequestContext, id: KeyResultId) -> Result<Option<KeyResult>, Exception> {
    let Some(part) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    Ok(find_goal(ctx, part.goal).await?.map(|_| part))
}

/// The key results of a goal, in the order they were written; none where the asker may not see the goal.
///
/// # Errors
/// When the database is away.
pub async fn key_results_of(ctx: &RequestContext, goal: GoalId) -> Result<Vec<KeyResult>, Exception> {
    if find_goal(ctx, goal).await?.is_none() {
        return Ok(Vec::new());
    }
    Ok(ctx.loaders()?.load(KeyResultsOf(goal)).await?.unwrap_or_default())
}

/// The cycle with this id, when the asker may see cycles.
///
/// # Errors
/// When the database is away.
pub async fn find_cycle(ctx: &RequestContext, id: GoalCycleId) -> Result<Option<Cycle>, Exception> {
    if !ctx.asker()?.may(Action::ReadGoalCycles, Resource::Organization) {
        return Ok(None);
    }
    ctx.loaders()?.load(id).await
}

/// The alignment with this id, when the asker may see both goals.
///
/// # Errors
/// When the database is away.
pub async fn find_alignment(
    ctx: &RequestContext,
    id: GoalAlignmentId,
) -> Result<Option<goal_alignment::Model>, Exception> {
    let rows = goal_alignment::Entity::in_org(ctx.asker()?.organization()).filter(goal_alignment::Column::Id.eq(id));
    let Some(row) = rows.one(ctx.db.read()).await? else { return Ok(None) };
    let both = find_goal(ctx, row.child_id).await?.is_some() && find_goal(ctx, row.parent_id).await?.is_some();
    Ok(both.then_some(row))
}

/// The alignments of a goal the asker sees, with those goals only that they may see.
///
/// # Errors
/// When the database is away.
pub async fn alignments(
    ctx: &RequestContext,
    of: AlignmentsOf,
    page: Page<GoalAlignmentId>,
) -> Result<Listing<types::GoalAlignment>, Exception> {
    let asker = ctx.asker()?;
    let mut all = ctx.loaders()?.load(of).await?.unwrap_or_default();
    all.retain(|one| sees(&asker, &one.child) && sees(&asker, &one.parent));
    let start = page.after.map_or(0, |after| all.partition_point(|one| one.row.id <= after));
    let end = page.before.map_or(all.len(), |before| all.partition_point(|one| one.row.id < before));
    let Window { range, has_previous, has_next } = page.window(start, end, all.len());
    let items = all[range].iter().map(|one| (one.row.id, types::GoalAlignment::from(one.clone())));
    Ok(listing(items, has_previous, has_next, Some(all.len())))
}

/// A page of the cycles, newest first; none where the asker may not see them.
///
/// # Errors
/// When the database is away.
pub async fn cycle_page(
    ctx: &RequestContext,
    state: Option<CycleState>,
    page: Page<GoalCycleId>,
) -> Result<Option<Listing<types::GoalCycle>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadGoalCycles, Resource::Organization) {
        return Ok(None);
    }
    let mut all = goal_cycle::Entity::in_org(asker.organization());
    if let Some(state) = state {
        all = all.filter(goal_cycle::Column::State.eq(state.as_str()));
    }
    let total = all.clone().count(ctx.db.read()).await?;
    let rows = newest_first(all, goal_cycle::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| Ok((row.id, types::GoalCycle::from(Cycle::try_from(row)?))));
    let items = items.collect::<Result<Vec<_>, Exception>>()?;
    Ok(Some(listing(items, has_previous, has_next, usize::try_from(total).ok())))
}

/// Which goals are wanted. What is given must all hold.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this cycle.
    pub cycle: Option<GoalCycleId>,
    /// Of this person: theirs, or theirs to answer for.
    pub owner: Option<PersonId>,
    /// Of these teams.
    pub teams: Option<Vec<TeamId>>,
    /// Of this level.
    pub level: Option<GoalLevel>,
    /// In this state.
    pub state: Option<GoalState>,
    /// Stale, or not.
    pub stale: Option<bool>,
    /// Of this confidence.
    pub confidence: Option<Confidence>,
    /// Only goals that support no other that the asker may see.
    pub roots: bool,
}

/// What goals are sorted by; ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortedBy {
    /// When they were written.
    Created,
    /// The last day for the next check-in.
    Due,
    /// How far they have come; goals without progress count as less than nothing.
    Progress,
}

/// The place of a goal in a list: what it is sorted by, its value there, and its id.
pub type GoalPlace = (u8, i64, GoalId);

impl SortedBy {
    const fn tag(self) -> u8 {
        match self {
            Self::Created => 0,
            Self::Due => 1,
            Self::Progress => 2,
        }
    }

    fn place(self, goal: &Goal) -> GoalPlace {
        let value = match self {
            Self::Created => 0,
            Self::Due => goal.due_on.num_days_from_ce().into(),
            Self::Progress => goal.rolled.progress.map_or(-1, |progress| progress.ppm().into()),
        };
        (self.tag(), value, goal.id)
    }

    /// What of a row is compared, and with what.
    fn key(self, value: i64) -> Result<Option<(Expr, Expr)>, Exception> {
        Ok(match self {
            Self::Created => None,
            Self::Due => {
                let day = i32::try_from(value).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                let day = day.ok_or_else(|| Exception::bad_input("the cursor is not one of this list"))?;
                Some((Expr::col(goal::Column::CheckInDueOn), Expr::value(day)))
            }
            Self::Progress => {
                let progress = Func::coalesce([Expr::col(goal::Column::ProgressPpm), Expr::value(-1)]);
                Some((progress.into(), Expr::value(i32::try_from(value).unwrap_or(-1))))
            }
        })
    }

    /// Narrows a query down to what lies beyond a place.
    fn beyond(
        self,
        query: Select<goal::Entity>,
        place: GoalPlace,
        ascending: bool,
    ) -> Result<Select<goal::Entity>, Exception> {
        let (tag, value, id) = place;
        if tag != self.tag() {
            return Err(Exception::bad_input("the cursor is of another order; begin this list anew"));
        }
        let by_id = if ascending { goal::Column::Id.gt(id) } else { goal::Column::Id.lt(id) };
        Ok(query.filter(match self.key(value)? {
            None => by_id,
            Some((column, value)) => {
                let tied = column.clone().eq(value.clone()).and(by_id);
                if ascending { column.gt(value).or(tied) } else { column.lt(value).or(tied) }
            }
        }))
    }

    fn order(self, query: Select<goal::Entity>, ascending: bool) -> Result<Select<goal::Entity>, Exception> {
        let order = if ascending { Order::Asc } else { Order::Desc };
        let query = match self.key(0)? {
            None => query,
            Some((column, _)) => query.order_by(column, order.clone()),
        };
        Ok(query.order_by(goal::Column::Id, order))
    }
}

impl Wanted {
    fn query(&self, organization: OrganizationId, today: NaiveDate) -> Select<goal::Entity> {
        use goal::Column;
        let mut query = goal::Entity::in_org(organization);
        if let Some(cycle) = self.cycle {
            query = query.filter(Column::CycleId.eq(cycle));
        }
        if let Some(owner) = self.owner {
            query = query.filter(Column::OwnerId.eq(owner));
        }
        if let Some(teams) = &self.teams {
            query = query.filter(Column::TeamId.is_in(teams.iter().copied()));
        }
        if let Some(level) = self.level {
            query = query.filter(Column::Level.eq(level.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(Column::State.eq(state.as_str()));
        }
        if let Some(confidence) = self.confidence {
            query = query.filter(Column::Confidence.eq(confidence.as_str()));
        }
        if let Some(stale) = self.stale {
            let is = Column::State.eq(GoalState::Open.as_str()).and(Column::CheckInDueOn.lt(today));
            query = query.filter(if stale { is } else { is.not() });
        }
        if self.roots {
            query = query.filter(Column::Id.not_in_subquery(supporters_of_open_goals(organization)));
        }
        query
    }
}

/// Goals that support one that everybody may see who sees any goal: those are nobody's roots, whoever asks. Of the others
/// it depends on the asker.
fn supporters_of_open_goals(organization: OrganizationId) -> sea_orm::sea_query::SelectStatement {
    let open = goal::Entity::in_org(organization)
        .filter(goal::Column::Visibility.eq(Visibility::Public.as_str()))
        .filter(goal::Column::Level.ne(GoalLevel::Person.as_str()))
        .select_only()
        .column(goal::Column::Id)
        .into_query();
    goal_alignment::Entity::in_org(organization)
        .filter(goal_alignment::Column::ParentId.in_subquery(open))
        .select_only()
        .column(goal_alignment::Column::ChildId)
        .into_query()
}

/// A page of the goals the asker may see.
///
/// Between what somebody sees may lie many that they do not. A page that became too expensive to fill is shorter than
/// asked for, says that there are more, and goes on behind its last goal. It is never empty while there may be more,
/// because then it would have no cursor.
///
/// # Errors
/// When the database is away; BAD_USER_INPUT for a cursor of another order; QUERY_TOO_COMPLEX when nothing is found among
/// very many.
pub async fn goal_page(
    ctx: &RequestContext,
    wanted: &Wanted,
    (by, descending): (SortedBy, bool),
    page: Page<GoalPlace>,
) -> Result<Listing<types::Goal>, Exception> {
    let asker = ctx.asker()?;
    let (organization, today) = (asker.organization(), ctx.app.clock.today());
    let ascending = page.backwards == descending;
    let (mut after, mut before) = (page.after, page.before);
    let mut found: Vec<Arc<Goal>> = Vec::new();
    let mut more = false;
    for read in 1.. {
        let mut query = wanted.query(organization, today);
        if let Some(place) = after {
            query = by.beyond(query, place, !descending)?;
        }
        if let Some(place) = before {
            query = by.beyond(query, place, descending)?;
        }
        let rows = by.order(query, ascending)?.limit(BATCH as u64 + 1).all(ctx.db.read()).await?;
        let last = rows.len() <= BATCH;
        let goals = rows.into_iter().take(BATCH).map(|row| Goal::try_from(row).map(Arc::new));
        let goals = goals.collect::<Result<Vec<_>, _>>()?;
        // The next batch begins where this one ends.
        let end = goals.last().map(|goal| by.place(goal));
        if page.backwards {
            before = end
        } else {
            after = end
        }
        let mut visible: Vec<Arc<Goal>> = goals.into_iter().filter(|goal| sees(&asker, goal)).collect();
        if wanted.roots {
            visible = roots_of(ctx, &asker, visible).await?;
        }
        found.extend(visible);
        if last || found.len() > page.size {
            break;
        }
        if read >= MOST_BATCHES && !found.is_empty() {
            more = true;
            break;
        }
        if read >= MOST_BATCHES_FOR_NOTHING {
            return Err(too_many_hidden());
        }
    }
    let Arranged { rows, has_previous, has_next } = page.arrange(found);
    let (has_previous, has_next) = (has_previous || (more && page.backwards), has_next || (more && !page.backwards));
    // A cursor names a goal that is shown: a place between those that are not would tell of them.
    let items = rows.into_iter().map(|goal| (by.place(&goal), types::Goal::from(goal)));
    Ok(listing(items, has_previous, has_next, None))
}

fn too_many_hidden() -> Exception {
    let message = "nothing you may see was found among the first ten thousand; narrow the filter";
    Exception::with(ErrorCode::QueryTooComplex, message)
}

/// Those of the goals that support none the asker may see.
async fn roots_of(ctx: &RequestContext, asker: &Asker, goals: Vec<Arc<Goal>>) -> Result<Vec<Arc<Goal>>, Exception> {
    let parents = parents_of(ctx, &goals).await?;
    let supports = |goal: &Goal| parents.iter().any(|one| one.child.id == goal.id && sees(asker, &one.parent));
    Ok(goals.into_iter().filter(|goal| !supports(goal)).collect())
}

/// What these goals support, all at once.
async fn parents_of(ctx: &RequestContext, goals: &[Arc<Goal>]) -> Result<Vec<Aligned>, Exception> {
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let keys = goals.iter().map(|goal| AlignmentsOf::Parents(goal.id));
    Ok(ctx.loaders()?.load_all(keys).await?.into_values().flatten().collect())
}

/// Part of the graph of a cycle: goals in the order they were written, what they support, and how to go on.
///
/// # Errors
/// As [`goal_page`].
pub async fn graph_page(
    ctx: &RequestContext,
    cycle: GoalCycleId,
    page: Page<GoalPlace>,
) -> Result<types::GoalGraph, Exception> {
    let asker = ctx.asker()?;
    let wanted = Wanted { cycle: Some(cycle), ..Wanted::default() };
    let listing = goal_page(ctx, &wanted, (SortedBy::Created, false), page).await?;
    let goals: Vec<Arc<Goal>> = listing.items().iter().map(|goal| Arc::clone(&goal.goal)).collect();
    let mut alignments = parents_of(ctx, &goals).await?;
    alignments.retain(|one| sees(&asker, &one.parent));
    alignments.sort_by_key(|one| one.row.id);
    Ok(types::GoalGraph { listing, alignments: alignments.into_iter().map(Into::into).collect() })
}

/// A page of the goals of a person or a team that the asker may see: of a cycle, or of all that are open.
///
/// # Errors
/// When the database is away.
pub async fn goals_of(
    ctx: &RequestContext,
    holder: Holder,
    cycle: Option<GoalCycleId>,
    page: Page<GoalId>,
) -> Result<Listing<types::Goal>, Exception> {
    let asker = ctx.asker()?;
    let mut all = ctx.loaders()?.load(GoalsOf { holder, cycle }).await?.unwrap_or_default();
    all.retain(|goal| sees(&asker, goal));
    let start = page.after.map_or(0, |after| all.partition_point(|goal| goal.id <= after));
    let end = page.before.map_or(all.len(), |before| all.partition_point(|goal| goal.id < before));
    let Window { range, has_previous, has_next } = page.window(start, end, all.len());
    let items = all[range].iter().map(|goal| (goal.id, types::Goal::from(Arc::clone(goal))));
    Ok(listing(items, has_previous, has_next, Some(all.len())))
}

/// The goals of a person the asker may see, as [`goals_of`].
///
/// # Errors
/// As [`goals_of`].
pub async fn goals_of_person(
    ctx: &RequestContext,
    person: PersonId,
    cycle: Option<GoalCycleId>,
    page: Page<GoalId>,
) -> Result<Listing<types::Goal>, Exception> {
    goals_of(ctx, Holder::Person(person), cycle, page).await
}

/// The goals of a team the asker may see, as [`goals_of`].
///
/// # Errors
/// As [`goals_of`].
pub async fn goals_of_team(
    ctx: &RequestContext,
    team: TeamId,
    cycle: Option<GoalCycleId>,
    page: Page<GoalId>,
) -> Result<Listing<types::Goal>, Exception> {
    goals_of(ctx, Holder::Team(team), cycle, page).await
}

/// Goals that were closed since a moment with a good score, of those who report to the asker or work in the same team, as
/// far as the asker may see them; the newest first and at most fifty: occasions to say thank you.
///
/// # Errors
/// When the database is away.
pub async fn reached_lately(ctx: &RequestContext, since: DateTime<Utc>) -> Result<Vec<Arc<Goal>>, Exception> {
    const MOST: u64 = 50;
    /// In hundredths: the upper end of what is healthy.
    const GOOD: i32 = 70;
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(Vec::new()) };
    let chart = &asker.snapshot.chart;
    let reports: Vec<PersonId> = chart.direct_reports(me).iter().map(|person| person.id).collect();
    let close = Condition::any()
        .add(goal::Column::OwnerId.is_in(reports))
        .add_option(chart.person(me).and_then(|me| me.team).map(|team| goal::Column::TeamId.eq(team)));
    let rows = goal::Entity::in_org(asker.organization())
        .filter(close)
        .filter(goal::Column::OwnerId.ne(me))
        .filter(goal::Column::State.eq(GoalState::Closed.as_str()))
        .filter(goal::Column::ClosedAt.gte(since))
        .filter(goal::Column::Score.gte(GOOD))
        .order_by_desc(goal::Column::ClosedAt)
        .order_by_desc(goal::Column::Id)
        .limit(MOST)
        .all(ctx.db.read())
        .await?;
    let goals = rows.into_iter().map(|row| Goal::try_from(row).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    Ok(goals.into_iter().filter(|goal| sees(&asker, goal)).collect())
}

/// Open goals of the teams the asker leads, in open cycles, that somebody should look at: without a fresh check-in, off
/// track or at risk; in this order. One statement.
///
/// # Errors
/// When the database is away.
pub async fn lead_home(ctx: &RequestContext, first: usize) -> Result<Vec<types::Goal>, Exception> {
    /// More than the teams of one lead have in the cycles that are open at a time.
    const MOST: u64 = 500;
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(Vec::new()) };
    let led: Vec<TeamId> = asker.snapshot.chart.teams_led_by(person).iter().map(|team| team.id).collect();
    if led.is_empty() {
        return Ok(Vec::new());
    }
    let rows = goal::Entity::in_org(asker.organization())
        .filter(goal::Column::TeamId.is_in(led))
        .filter(goal::Column::State.eq(GoalState::Open.as_str()))
        .filter(goal::Column::CycleId.in_subquery(open_cycles(asker.organization())))
        .order_by_asc(goal::Column::CheckInDueOn)
        .order_by_asc(goal::Column::Id)
        .limit(MOST)
        .all(ctx.db.read())
        .await?;
    let today = ctx.app.clock.today();
    let mut goals = rows.into_iter().map(|row| Goal::try_from(row).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    goals.retain(|goal| {
        let worry = matches!(goal.confidence, Some((Confidence::OffTrack | Confidence::AtRisk, _)));
        (goal.is_stale(today) || worry) && sees(&asker, goal)
    });
    goals.sort_by_key(|goal| (!goal.is_stale(today), !matches!(goal.confidence, Some((Confidence::OffTrack, _)))));
    Ok(goals.into_iter().take(first).map(types::Goal::from).collect())
}

/// The asker's own open goals in open cycles, the most urgent first: stale ones, then by confidence, then by when the
/// next check-in is due. One statement.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &RequestContext, first: usize) -> Result<Vec<types::Goal>, Exception> {
    /// More than anybody has in the cycles that are open at a time.
    const MOST: u64 = 200;
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(Vec::new()) };
    let rows = goal::Entity::in_org(asker.organization())
        .filter(goal::Column::OwnerId.eq(person))
        .filter(goal::Column::State.eq(GoalState::Open.as_str()))
        .filter(goal::Column::CycleId.in_subquery(open_cycles(asker.organization())))
        .order_by_asc(goal::Column::CheckInDueOn)
        .order_by_asc(goal::Column::Id)
        .limit(MOST)
        .all(ctx.db.read())
        .await?;
    let today = ctx.app.clock.today();
    let mut goals = rows.into_iter().map(|row| Goal::try_from(row).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    goals.retain(|goal| sees(&asker, goal));
    let urgency = |goal: &Goal| {
        let confidence = match goal.confidence {
            Some((Confidence::OffTrack, _)) => 0,
            Some((Confidence::AtRisk, _)) => 1,
            None => 2,
            Some((Confidence::OnTrack, _)) => 3,
        };
        (!goal.is_stale(today), confidence)
    };
    goals.sort_by_key(|goal| urgency(goal));
    Ok(goals.into_iter().take(first).map(types::Goal::from).collect())
}
