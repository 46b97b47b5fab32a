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
    /// How many left, by reason. [`Turnovers::reasons`] says who may be told of the parts.
    pub exits: Exits,
    /// The mean of the headcounts on the first days of the months and on the day after the end.
    pub average_headcount: f64,
    /// What keeps the reasons from those who may read none of the leavers' own records.
    reasons: Result<(), Withheld>,
}

/// The turnover of all groups of an organization in a span.
#[derive(Debug)]
pub struct Turnovers {
    groups: HashMap<Group, Result<Turnover, SuppressionReason>>,
    leavers: Vec<Leaver>,
}

/// Who left, in which year, and for which groups that counts.
#[derive(Debug)]
struct Leaver {
    person: PersonId,
    year: i32,
    groups: Vec<Group>,
}

impl Turnovers {
    /// The turnover of a group, or why it is not shown.
    pub fn of(&self, group: Group) -> Result<&Turnover, SuppressionReason> {
        match self.groups.get(&group) {
            Some(found) => found.as_ref().map_err(|reason| *reason),
            None => Err(SuppressionReason::BelowMinimum),
        }
    }

    /// Whether somebody may be told why the leavers of a group left, or what keeps it back. `reads` says whose record they
    /// may read: who reads all of them learns nothing from counting, and who reads some could tell the others by
    /// subtraction, so for them the plan is decided once more from the others alone.
    ///
    /// # Errors
    /// INTERNAL where a plan cannot be decided.
    pub fn reasons(&self, group: Group, reads: impl Fn(PersonId) -> bool) -> Result<Result<(), Withheld>, Exception> {
        let others: Vec<&Leaver> = self.leavers.iter().filter(|leaver| !reads(leaver.person)).collect();
        let withheld = match self.of(group) {
            _ if !others.iter().any(|leaver| leaver.groups.contains(&group)) => return Ok(Ok(())),
            Ok(turnover) => turnover.reasons,
            Err(reason) => Err(Withheld::Plan(reason)),
        };
        if withheld.is_err() || others.len() == self.leavers.len() {
            return Ok(withheld);
        }
        let mut years: Vec<i32> = others.iter().map(|leaver| leaver.year).collect();
        years.sort_unstable();
        years.dedup();
        for year in years {
            if let Some(Verdict::Hidden(reason)) = verdict_of(&others, year)?.get(&group) {
                return Ok(Err(Withheld::Plan(*reason)));
            }
        }
        Ok(Ok(()))
    }

    /// Counts.
    ///
    /// # Errors
    /// Never, unless a plan is asked for what it cannot decide.
    pub fn count(chart: &OrgChart, stays: &[Stay], span: Span) -> Result<Self, Exception> {
        let marks = span.marks();
        let mut paths = Paths::new(chart);
        let mut tallies: HashMap<Group, Tally> = HashMap::new();
        let mut leavers: Vec<Leaver> = Vec::new();
        for stay in stays {
            for mark in marks.iter().filter(|mark| stay.covers(**mark)) {
                paths.of(stay.team_on(*mark)).iter().for_each(|group| tallies.entry(*group).or_default().days += 1);
            }
            if let Some((day, exit)) = left_in(stay, span) {
                let groups = paths.of(stay.team_on(day)).to_vec();
                groups.iter().for_each(|group| tallies.entry(*group).or_default().exits.add(exit));
                leavers.push(Leaver { person: stay.person, year: day.year(), groups });
            }
        }
        let shown = verdicts(&members(stays, &mut paths, |stay| last_day_in(stay, span)), MINIMUM)?;
        let mut reasons: HashMap<Group, Result<(), Withheld>> = HashMap::new();
        match span.years() {
            None => reasons.extend(tallies.keys().map(|group| (*group, Err(Withheld::NotWholeYears)))),
            Some(years) => {
                let all: Vec<&Leaver> = leavers.iter().collect();
                for year in years {
                    for (group, verdict) in verdict_of(&all, year)? {
                        // Where nobody left in the year there is nothing to be told.
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
            };
            (group, Ok(turnover))
        });
        Ok(Self { groups: groups.collect(), leavers })
    }
}

#[derive(Default)]
struct Tally {
    /// Persons over all marks.
    days: usize,
    exits: Exits,
}

/// What a plan says of the leavers of a year in each group that has some of them.
fn verdict_of(leavers: &[&Leaver], year: i32) -> Result<HashMap<Group, Verdict>, Exception> {
    let mut groups: HashMap<Group, Vec<u32>> = HashMap::new();
    let mut count = 0_u32;
    for leaver in leavers.iter().filter(|leaver| leaver.year == year) {
        leaver.groups.iter().for_each(|group| groups.entry(*group).or_default().push(count));
        count += 1;
    }
    Ok(verdicts(&(count as usize, groups), MINIMUM_LEAVERS)?.into_iter().collect())
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
