//! How many left, of how many: for everybody and for every team at once, as far as it may be shown.
//!
//! Two release plans (`crates/disclosure`) decide what is shown, both from membership alone. The first has everybody who
//! was here in the span, each in the last team there: a group of fewer than [`MINIMUM`] is not shown, also not as the
//! difference of groups that are. *That* somebody left is no secret then: colleagues see who is gone. *Why* is one, so the
//! second plan has those who left, and opens the reasons of a group only where they are [`MINIMUM_LEAVERS`] at least. It is
//! decided for each calendar year, and reasons are told for whole years only: years do not overlap, so nobody moves the
//! span by a month to see why the one who left in it did.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use chrono::{Datelike, NaiveDate};
use hearten_disclosure::{Candidate, ReleasePlan, SuppressionReason, Verdict};
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::OrgChart;
use moka::sync::Cache;

use super::{
    span::Span,
    stays::{Exit, Moves, Stay, stays},
};
use crate::graphql::{context::RequestContext, error::Exception};

/// The fewest persons of a group that is shown.
pub const MINIMUM: usize = 20;
/// The fewest leavers whose reasons are counted up.
pub const MINIMUM_LEAVERS: usize = 5;

/// A group: everybody, or a team with all below it.
pub type Group = Option<TeamId>;

/// How many left, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exits {
    /// By their own decision.
    pub voluntary: usize,
    /// By the organization's.
    pub involuntary: usize,
    /// For other reasons.
    pub other: usize,
}

impl Exits {
    fn add(&mut self, exit: Exit) {
        *match exit {
            Exit::Voluntary => &mut self.voluntary,
            Exit::Involuntary => &mut self.involuntary,
            Exit::Other => &mut self.other,
        } += 1;
    }

    /// All of them.
    pub const fn all(self) -> usize {
        self.voluntary + self.involuntary + self.other
    }
}

/// Why reasons are not counted up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// The span is not made of whole calendar years.
    NotWholeYears,
    /// A release plan says so.
    Plan(SuppressionReason),
}

/// The turnover of a group in a span.
#[derive(Debug, Clone)]
pub struct Turnover {
    /// How many left, by reason. `reasons` says who may be told of the parts.
    pub exits: Exits,
    /// The mean of the headcounts on the first days of the months and on the day after the end.
    pub average_headcount: f64,
    /// What keeps the reasons from those who may not read the leavers' own records.
    pub reasons: Result<(), Withheld>,
    /// Who left.
    pub leavers: Vec<PersonId>,
}

/// The turnover of all groups of an organization in a span.
#[derive(Debug)]
pub struct Turnovers(HashMap<Group, Result<Turnover, SuppressionReason>>);

impl Turnovers {
    /// The turnover of a group, or why it is not shown.
    pub fn of(&self, group: Group) -> Result<&Turnover, SuppressionReason> {
        match self.0.get(&group) {
            Some(found) => found.as_ref().map_err(|reason| *reason),
            None => Err(SuppressionReason::BelowMinimum),
        }
    }

    /// Counts.
    ///
    /// # Errors
    /// Never, unless a plan is asked for what it cannot decide.
    pub fn count(chart: &OrgChart, stays: &[Stay], span: Span) -> Result<Self, Exception> {
        let marks = span.marks();
        let mut paths = Paths::new(chart);
        let mut tallies: HashMap<Group, Tally> = HashMap::new();
        for stay in stays {
            for mark in marks.iter().filter(|mark| stay.covers(**mark)) {
                paths.of(stay.team_on(*mark)).iter().for_each(|group| tallies.entry(*group).or_default().days += 1);
            }
            if let Some((day, exit)) = left_in(stay, span) {
                for group in paths.of(stay.team_on(day)) {
                    let tally = tallies.entry(*group).or_default();
                    tally.exits.add(exit);
                    tally.leavers.push(stay.person);
                }
            }
        }
        let shown = verdicts(&members(stays, &mut paths, |stay| last_day_in(stay, span)), MINIMUM)?;
        let mut reasons: HashMap<Group, Result<(), Withheld>> = HashMap::new();
        match span.years() {
            None => reasons.extend(tallies.keys().map(|group| (*group, Err(Withheld::NotWholeYears)))),
            Some(years) => {
                for year in years {
                    let leavers = members(stays, &mut paths, |stay| {
                        left_in(stay, span).map(|(day, _)| day).filter(|day| day.year() == year)
                    });
                    for (group, verdict) in verdicts(&leavers, MINIMUM_LEAVERS)? {
                        // Nobody left there in the year: there is nothing to be told.
                        if let Verdict::Hidden(reason) = verdict {
                            reasons.insert(group, Err(Withheld::Plan(reason)));
                        }
                    }
                }
            }
        }
        let groups = shown.into_iter().map(|(group, verdict)| {
            if let Verdict::Hidden(reason) = verdict {
                return (group, Err(reason));
            }
            let tally = tallies.remove(&group).unwrap_or_default();
            let turnover = Turnover {
                exits: tally.exits,
                average_headcount: tally.days as f64 / marks.len() as f64,
                reasons: reasons.get(&group).copied().unwrap_or(Ok(())),
                leavers: tally.leavers,
            };
            (group, Ok(turnover))
        });
        Ok(Self(groups.collect()))
    }
}

#[derive(Default)]
struct Tally {
    /// Persons over all marks.
    days: usize,
    exits: Exits,
    leavers: Vec<PersonId>,
}

/// When and how somebody left in a span.
fn left_in(stay: &Stay, span: Span) -> Option<(NaiveDate, Exit)> {
    stay.exit.filter(|(day, _)| span.contains(*day) && stay.covers(*day))
}

/// The last day somebody was here in a span; none for who was not.
pub fn last_day_in(stay: &Stay, span: Span) -> Option<NaiveDate> {
    let end = span.until.pred_opt()?;
    let last = stay.exit.map_or(end, |(day, _)| day.min(end));
    (last >= span.from && stay.covers(last)).then_some(last)
}

/// The groups of each team: everybody, the teams above, itself. Looked up once a team.
pub struct Paths<'a> {
    chart: &'a OrgChart,
    known: HashMap<Option<TeamId>, Vec<Group>>,
}

impl<'a> Paths<'a> {
    /// None is known yet.
    pub fn new(chart: &'a OrgChart) -> Self {
        Self { chart, known: HashMap::new() }
    }

    /// The groups of a team, or of no team.
    pub fn of(&mut self, team: Option<TeamId>) -> &[Group] {
        self.known.entry(team).or_insert_with(|| {
            let above = team.map(|team| self.chart.ancestors(team)).unwrap_or_default();
            // A team that is gone from the tree counts for everybody only.
            let own = team.filter(|team| self.chart.team(*team).is_some());
            [None].into_iter().chain(above.iter().map(|team| Some(team.id))).chain(own.map(Some)).collect()
        })
    }
}

/// Who counts for each group, by the team of the day that `day` gives; numbered in the order of the stays that have one.
pub fn members(
    stays: &[Stay],
    paths: &mut Paths<'_>,
    day: impl Fn(&Stay) -> Option<NaiveDate>,
) -> (usize, HashMap<Group, Vec<u32>>) {
    let mut groups: HashMap<Group, Vec<u32>> = HashMap::new();
    let mut count = 0_u32;
    for stay in stays {
        let Some(day) = day(stay) else { continue };
        for group in paths.of(stay.team_on(day)) {
            groups.entry(*group).or_default().push(count);
        }
        count += 1;
    }
    (count as usize, groups)
}

/// What a plan says of each group. Larger ones come first: the whole is shown before its parts.
///
/// # Errors
/// INTERNAL where it cannot be decided.
pub fn verdicts(
    (count, groups): &(usize, HashMap<Group, Vec<u32>>),
    minimum: usize,
) -> Result<Vec<(Group, Verdict)>, Exception> {
    let mut groups: Vec<(Group, &Vec<u32>)> = groups.iter().map(|(group, members)| (*group, members)).collect();
    groups.sort_by_key(|(group, members)| (Reverse(members.len()), *group));
    let candidates: Vec<Candidate> =
        groups.iter().map(|(_, members)| Candidate { members: (*members).clone() }).collect();
    let plan = ReleasePlan::decide(*count, minimum, &candidates).map_err(Exception::internal)?;
    Ok(groups.iter().enumerate().map(|(at, (group, _))| (*group, plan.verdict(at))).collect())
}

/// What this node counted lately. It follows from the directory alone, so it is never stale.
#[derive(Clone)]
pub struct CountedTurnovers(Cache<(OrganizationId, i64, Span), Arc<Turnovers>>);

impl Default for CountedTurnovers {
    fn default() -> Self {
        Self(Cache::new(64))
    }
}

impl CountedTurnovers {
    /// The turnover of all groups of the asker's directory: one statement where it was not counted lately, and counted off
    /// the event loop.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn of(&self, ctx: &RequestContext, span: Span) -> Result<Arc<Turnovers>, Exception> {
        let snapshot = Arc::clone(&ctx.asker()?.snapshot);
        let organization = snapshot.chart.organization();
        let key = (organization, snapshot.chart.version(), span);
        if let Some(found) = self.0.get(&key) {
            return Ok(found);
        }
        let moves = Moves::read(ctx.db.read(), organization).await?;
        let count = move || Turnovers::count(&snapshot.chart, &stays(&snapshot.chart, moves), span);
        let counted = Arc::new(tokio::task::spawn_blocking(count).await.map_err(Exception::internal)??);
        self.0.insert(key, Arc::clone(&counted));
        Ok(counted)
    }
}
