//! Goals, key results and cycles as the service thinks of them, read from their rows.

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{goal, goal_cycle, key_result};
use hearten_goals::{
    Confidence, CycleState, GoalLevel, GoalState, KeyResultKind, Measure, Milestone, Place, Progress, ProgressSource,
    Rolled, RolledKeyResult, Visibility,
};
use hearten_ids::{GoalCycleId, GoalId, KeyResultId, OrganizationId, PersonId};
use hearten_policy::{GoalFacts, GoalLevel as AskedLevel, GoalVisibility, Resource};
use serde::{Deserialize, Serialize};

use crate::{areas::surveys::store::stored, graphql::error::Exception};

/// A cycle.
#[derive(Debug, Clone)]
pub struct Cycle {
    /// The id.
    pub id: GoalCycleId,
    /// What it is called.
    pub name: String,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Where it stands.
    pub state: CycleState,
    /// Counts up with every change of its goals.
    pub version: i64,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<goal_cycle::Model> for Cycle {
    type Error = Exception;

    fn try_from(row: goal_cycle::Model) -> Result<Self, Exception> {
        Ok(Self {
            id: row.id,
            name: row.name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            state: row.state.parse().map_err(Exception::internal)?,
            version: row.version,
            closed_at: row.closed_at,
        })
    }
}

/// A goal.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The id.
    pub id: GoalId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The cycle.
    pub cycle: GoalCycleId,
    /// Whose it is, and who may see it.
    pub place: Place,
    /// What is to be reached.
    pub title: String,
    /// Why and how; may be empty.
    pub description: String,
    /// Where it stands.
    pub state: GoalState,
    /// How many days may pass between check-ins.
    pub every_days: i32,
    /// The last day for the next check-in.
    pub due_on: NaiveDate,
    /// When somebody last checked in.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// How sure somebody is, as last said: in a word, and from 0 to 10.
    pub confidence: Option<(Confidence, i32)>,
    /// What somebody said of its progress.
    pub manual: Option<Progress>,
    /// How far it has come.
    pub rolled: Rolled,
    /// The score in hundredths, once closed.
    pub score: Option<i32>,
    /// Why the score is not the one suggested.
    pub score_note: Option<String>,
    /// The goal it was rolled over from.
    pub origin: Option<GoalId>,
    /// Who wrote it.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was closed or given up.
    pub closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<goal::Model> for Goal {
    type Error = Exception;

    fn try_from(row: goal::Model) -> Result<Self, Exception> {
        let confidence = row.confidence.map(|word| word.parse()).transpose().map_err(Exception::internal)?;
        Ok(Self {
            id: row.id,
            organization: row.organization_id,
            cycle: row.cycle_id,
            place: Place {
                level: row.level.parse().map_err(Exception::internal)?,
                team: row.team_id,
                owner: row.owner_id,
                visibility: row.visibility.parse().map_err(Exception::internal)?,
            },
            title: row.title,
            description: row.description,
            state: row.state.parse().map_err(Exception::internal)?,
            every_days: row.check_in_every_days,
            due_on: row.check_in_due_on,
            checked_in_at: row.checked_in_at,
            confidence: confidence.zip(row.confidence_score),
            manual: row.manual_ppm.map(|ppm| Progress::from_ppm(ppm.into())),
            rolled: Rolled {
                progress: row.progress_ppm.map(|ppm| Progress::from_ppm(ppm.into())),
                source: row.progress_source.parse().map_err(Exception::internal)?,
            },
            score: row.score,
            score_note: row.score_note,
            origin: row.origin_id,
            created_by: row.created_by,
            created_at: row.created_at,
            closed_at: row.closed_at,
        })
    }
}

impl Goal {
    /// What the policy has to know of it.
    pub fn resource(&self) -> Resource<'static> {
        resource(self.organization, self.place)
    }

    /// Whether nothing but what somebody says tells of its progress, as far as its source says.
    pub fn manual_is_open(&self) -> bool {
        matches!(self.rolled.source, ProgressSource::Manual | ProgressSource::None)
    }

    /// Whether the last day for a check-in has passed.
    pub fn is_stale(&self, today: NaiveDate) -> bool {
        self.state == GoalState::Open && self.due_on < today
    }
}

/// What the policy has to know of a goal at a place.
pub fn resource(organization: OrganizationId, place: Place) -> Resource<'static> {
    let level = match place.level {
        GoalLevel::Organization => AskedLevel::Organization,
        GoalLevel::Team => AskedLevel::Team,
        GoalLevel::Person => AskedLevel::Person,
    };
    let visibility = match place.visibility {
        Visibility::Public => GoalVisibility::Public,
        Visibility::Team => GoalVisibility::Team,
        Visibility::Private => GoalVisibility::Private,
    };
    Resource::Goal(GoalFacts { organization, level, team: place.team, owner: place.owner, visibility })
}

/// A milestone as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredMilestone {
    title: String,
    weight: i32,
    done: bool,
}

/// What goes into the columns of a measure.
#[derive(Debug)]
pub struct MeasureColumns {
    /// Start, target and current value of a metric.
    pub values: [Option<i64>; 3],
    /// Whether it is done, if it is binary.
    pub done: bool,
    /// The milestones.
    pub milestones: Vec<StoredMilestone>,
}

/// The columns of a measure.
pub fn columns_of(measure: &Measure) -> MeasureColumns {
    let none = MeasureColumns { values: [None; 3], done: false, milestones: Vec::new() };
    match measure {
        Measure::Metric { start, target, current } => {
            MeasureColumns { values: [Some(*start), Some(*target), Some(*current)], ..none }
        }
        Measure::Binary { done } => MeasureColumns { done: *done, ..none },
        Measure::Milestones(steps) => {
            let stored =
                |step: &Milestone| StoredMilestone { title: step.title.clone(), weight: step.weight, done: step.done };
            MeasureColumns { milestones: steps.iter().map(stored).collect(), ..none }
        }
    }
}

/// A key result.
#[derive(Debug, Clone)]
pub struct KeyResult {
    /// The id.
    pub id: KeyResultId,
    /// Its goal.
    pub goal: GoalId,
    /// What is measured.
    pub title: String,
    /// What the numbers count.
    pub unit: Option<String>,
    /// How much it counts in the goal.
    pub weight: i32,
    /// What it is measured by, and where it stands.
    pub measure: Measure,
    /// Whether a roll-over keeps the current value.
    pub keeps_current: bool,
    /// Whether it was ever measured.
    pub measured: bool,
    /// How far it has come.
    pub rolled: RolledKeyResult,
}

impl TryFrom<key_result::Model> for KeyResult {
    type Error = Exception;

    fn try_from(row: key_result::Model) -> Result<Self, Exception> {
        let measure = match row.kind.parse::<KeyResultKind>().map_err(Exception::internal)? {
            KeyResultKind::Metric => {
                let (Some(start), Some(target), Some(current)) = (row.start_value, row.target_value, row.current_value)
                else {
                    return Err(Exception::internal(anyhow::anyhow!("a metric without values")));
                };
                Measure::Metric { start, target, current }
            }
            KeyResultKind::Binary => Measure::Binary { done: row.done },
            KeyResultKind::Milestones => {
                let steps: Vec<StoredMilestone> = stored(row.milestones)?;
                let step = |StoredMilestone { title, weight, done }| Milestone { title, weight, done };
                Measure::Milestones(steps.into_iter().map(step).collect())
            }
        };
        Ok(Self {
            id: row.id,
            goal: row.goal_id,
            title: row.title,
            unit: row.unit,
            weight: row.weight,
            measure,
            keeps_current: row.keeps_current,
            measured: row.measured,
            rolled: RolledKeyResult {
                progress: Progress::from_ppm(row.progress_ppm.into()),
                source: row.progress_source.parse().map_err(Exception::internal)?,
            },
        })
    }
}

/// A value a check-in gave for a key result, as it is stored with the check-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredValue {
    /// The key result.
    pub key_result: KeyResultId,
    /// What was measured, in words of its kind: a number in thousandths, 0 or 1, or how many milestones.
    pub value: i64,
    /// How far it had come, in millionths.
    pub progress: i32,
}
