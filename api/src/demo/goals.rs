//! The demo's goals: a quarter that is scored and closed, one under way, and one being planned; written, aligned and
//! checked in by the people they belong to.

use std::sync::Arc;

use anyhow::Context;
use chrono::TimeDelta;
use hearten_goals::{Confidence, GoalLevel, Measure, Milestone, Progress, Visibility};
use hearten_ids::{GoalCycleId, GoalId, KeyResultId, OrganizationId, PersonId, TeamId};

use super::{as_person, by_email, exception, go_to, refusal, snapshot};
use crate::{
    app::App,
    areas::{
        directory::types::Snapshot,
        goals::{
            self, CheckIn, NewCycle, NewGoal, NewKeyResult, Target, Value,
            service::{find_goal, key_results_of},
        },
    },
    platform::{clock::Clock, db::Db},
};

/// What a goal is told by: start, target and unit of a number; or milestones.
#[derive(Clone, Copy)]
enum By {
    Number(i64, i64, &'static str),
    Steps(&'static [&'static str]),
    Hand,
}

/// (whose, title, told by, whom it supports: a place in this list)
type Plan = (Whose, &'static str, By, Option<usize>);

#[derive(Clone, Copy)]
enum Whose {
    /// The organization's, for which this persona answers.
    Organization(&'static str),
    /// The team's, written by its lead.
    Team(&'static str),
    /// The persona's own.
    Person(&'static str, Visibility),
}

const PLANS: [Plan; 17] = [
    (Whose::Organization("board"), "Customers recommend us", By::Number(31, 45, "NPS"), None),
    (Whose::Organization("partner"), "People stay because they want to", By::Number(14, 9, "% leaving"), None),
    (Whose::Organization("chief"), "Every order leaves on time", By::Number(82, 95, "%"), None),
    (Whose::Team("product"), "Fewer devices come back", By::Number(38, 20, "per 1,000"), Some(0)),
    (Whose::Team("operations"), "A calibrated device within two days", By::Number(5, 2, "days"), Some(2)),
    (Whose::Team("sales"), "Every customer hears from us each quarter", By::Number(55, 90, "%"), Some(0)),
    (Whose::Team("people"), "New colleagues are at home in four weeks", By::Number(7, 4, "weeks"), Some(1)),
    (Whose::Team("product-software"), "Releases nobody notices", By::Number(9, 2, "incidents"), Some(3)),
    (Whose::Team("product-apps"), "The app answers at once", By::Number(900, 300, "ms"), Some(7)),
    (Whose::Team("operations-logistics"), "Nothing waits for a part", By::Number(12, 3, "stoppages"), Some(4)),
    (Whose::Team("sales-service"), "Solved with the first call", By::Number(48, 70, "%"), Some(5)),
    (
        Whose::Person("employee", Visibility::Public),
        "Offline mode for field service",
        By::Steps(&["Design agreed", "Prototype with three customers", "In the store"]),
        Some(8),
    ),
    (Whose::Person("employee", Visibility::Private), "Speak in front of people without fear", By::Hand, None),
    (Whose::Person("manager", Visibility::Team), "Two leads who can stand in for me", By::Hand, Some(7)),
    (
        Whose::Person("partner.sales", Visibility::Public),
        "Half of the open posts filled from within",
        By::Number(20, 50, "%"),
        Some(6),
    ),
    (
        Whose::Person("admin", Visibility::Public),
        "One place for every account",
        By::Steps(&["Inventory", "Switch over"]),
        Some(6),
    ),
    (Whose::Person("board", Visibility::Private), "A successor for the chair", By::Hand, None),
];

struct Writer<'a> {
    app: &'a Arc<App>,
    db: &'a Db,
    organization: OrganizationId,
    snapshot: Arc<Snapshot>,
}

/// Writes both quarters and what was said of them, then plans the next.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    // Goals are told in their own order: back to before the surveys.
    go_to(app, 190);
    let writer = Writer { app, db, organization, snapshot: snapshot(app, db, organization).await? };
    let last = writer.cycle("Last quarter", 190, 99, true).await?;
    let written = writer.write(last).await?;
    for (days_ago, share) in [(165, 30), (140, 55), (112, 80)] {
        go_to(app, days_ago);
        writer.say(&written, share, 0).await?;
    }
    go_to(app, 98);
    let partner = writer.as_persona("partner").await?;
    goals::close_cycle(&partner, last, Vec::new()).await.map_err(refusal)?;
    go_to(app, 90);
    let now = writer.cycle("This quarter", 90, -14, true).await?;
    let written = writer.write(now).await?;
    for (days_ago, share) in [(60, 20), (33, 45), (6, 60)] {
        go_to(app, days_ago);
        // Some of them say nothing for a while.
        writer.say(&written, share, 5).await?;
    }
    go_to(app, 3);
    let next = writer.cycle("Next quarter", -15, -105, false).await?;
    // One goal will be worked on once more.
    let (employee, own) = &written[11];
    let ctx = as_person(app, db, organization, *employee).await?;
    goals::roll_over(&ctx, *own, next, None).await.map_err(refusal)?;
    Ok(())
}

impl Writer<'_> {
    async fn as_persona(&self, name: &str) -> anyhow::Result<crate::graphql::context::RequestContext> {
        as_person(self.app, self.db, self.organization, by_email(&self.snapshot, name)?).await
    }

    async fn cycle(&self, name: &str, from: i64, to: i64, open: bool) -> anyhow::Result<GoalCycleId> {
        let today = Clock::System.now().date_naive();
        let day = |days_ago| today - TimeDelta::days(days_ago);
        let new = NewCycle { name: name.to_owned(), starts_on: day(from), ends_on: day(to), open };
        goals::create_cycle(&self.as_persona("partner").await?, new, None).await.map_err(refusal)
    }

    fn team(&self, id: &str) -> anyhow::Result<(TeamId, PersonId)> {
        let chart = &self.snapshot.chart;
        let team = chart.team_by_external_id(id).with_context(|| format!("no demo team {id}"))?;
        let lead = chart.lead(team.id).with_context(|| format!("nobody leads {id}"))?;
        Ok((team.id, lead.id))
    }

    /// Writes the goals of a cycle; who answers for each.
    async fn write(&self, cycle: GoalCycleId) -> anyhow::Result<Vec<(PersonId, GoalId)>> {
        let mut written: Vec<(PersonId, GoalId)> = Vec::new();
        for (whose, title, by, supports) in PLANS {
            let (level, team, owner, visibility, writer) = match whose {
                Whose::Organization(name) => {
                    let owner = by_email(&self.snapshot, name)?;
                    let partner = by_email(&self.snapshot, "partner")?;
                    (GoalLevel::Organization, None, Some(owner), Visibility::Public, partner)
                }
                Whose::Team(id) => {
                    let (team, lead) = self.team(id)?;
                    (GoalLevel::Team, Some(team), None, Visibility::Public, lead)
                }
                Whose::Person(name, visibility) => {
                    let owner = by_email(&self.snapshot, name)?;
                    (GoalLevel::Person, None, Some(owner), visibility, owner)
                }
            };
            let ctx = as_person(self.app, self.db, self.organization, writer).await?;
            let new = NewGoal {
                cycle,
                level,
                team,
                owner,
                title: title.to_owned(),
                description: None,
                visibility,
                every_days: Some(28),
                key_results: key_results(by),
            };
            let goal = goals::create(&ctx, new, None).await.map_err(refusal)?;
            if let Some(parent) = supports {
                goals::align(&ctx, goal, Target::Goal(written[parent].1), 50).await.map_err(refusal)?;
            }
            // For the organization's goals speaks who answers for them.
            written.push((owner.unwrap_or(writer), goal));
        }
        Ok(written)
    }

    /// Everybody says how far their goals have come: about `share` percent. Of every `silent` goals one stays silent.
    async fn say(&self, written: &[(PersonId, GoalId)], share: i64, silent: usize) -> anyhow::Result<()> {
        for (at, (person, goal)) in written.iter().enumerate() {
            if silent > 0 && at % silent == silent - 1 {
                continue;
            }
            let ctx = as_person(self.app, self.db, self.organization, *person).await?;
            let percent = (share + i64::try_from(self.app.random.below(30)).unwrap_or(0) - 15).clamp(0, 100);
            let parts = key_results_of(&ctx, *goal).await.map_err(exception)?;
            let values: Vec<(KeyResultId, Value)> =
                parts.iter().map(|part| (part.id, value_at(&part.measure, percent))).collect();
            let node = find_goal(&ctx, *goal).await.map_err(exception)?.context("a goal its owner sees")?;
            let by_hand = values.is_empty() && node.manual_is_open();
            let confidence = match percent - share {
                ..-8 => Confidence::OffTrack,
                -8..0 => Confidence::AtRisk,
                _ => Confidence::OnTrack,
            };
            let said = CheckIn {
                values,
                progress: by_hand.then(|| Progress::from_ppm(percent * 10_000)),
                confidence,
                confidence_score: i32::try_from((percent - share + 15) / 3).unwrap_or(5).clamp(0, 10),
                note: (confidence != Confidence::OnTrack)
                    .then(|| "Slower than planned; two people were away.".to_owned()),
            };
            goals::check_in(&ctx, *goal, said, None).await.map_err(refusal)?;
        }
        Ok(())
    }
}

fn key_results(by: By) -> Vec<NewKeyResult> {
    let new = |title: &str, unit: Option<&str>, measure| NewKeyResult {
        title: title.to_owned(),
        unit: unit.map(str::to_owned),
        weight: 100,
        measure,
        measured: false,
        keeps_current: unit == Some("NPS"),
    };
    match by {
        By::Number(start, target, unit) => {
            let (start, target) = (start * 1_000, target * 1_000);
            vec![new("Measured", Some(unit), Measure::Metric { start, target, current: start })]
        }
        By::Steps(steps) => {
            let step = |title: &&str| Milestone { title: (*title).to_owned(), weight: 1, done: false };
            vec![new("Steps", None, Measure::Milestones(steps.iter().map(step).collect()))]
        }
        By::Hand => Vec::new(),
    }
}

fn value_at(measure: &Measure, percent: i64) -> Value {
    match measure {
        Measure::Metric { start, target, .. } => Value::Number(start + (target - start) * percent / 100),
        Measure::Binary { .. } => Value::Done(percent > 50),
        Measure::Milestones(steps) => {
            let count = i64::try_from(steps.len()).unwrap_or(0);
            Value::Milestones((1..=count).map(|at| at * 100 <= percent * count).collect())
        }
    }
}
