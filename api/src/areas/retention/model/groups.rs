//! What a version says of groups: how many may leave, and what that comes from.
//!
//! The release plan is that of turnover: fewer than twenty people are no group, also not as a difference of groups.

use hearten_ids::TeamId;
use hearten_orgchart::OrgChart;
use hearten_retention::{FeatureRow, GroupRisk, Horizon, Model, Reason, Sureness, is_actionable};
use serde::{Deserialize, Serialize};

use crate::{
    areas::retention::{
        features::{Frozen, whole_months},
        stays::Stay,
        turnover::{Group, MINIMUM, Paths, members, verdicts},
    },
    graphql::error::Exception,
};

/// What is told of all groups.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GroupRisks(Vec<(Option<TeamId>, KeptGroup)>);

/// What is told of a group, as it is stored; nothing of one that is not shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum KeptGroup {
    /// The figures.
    Shown(GroupFigures),
    /// Why there are none.
    Hidden(hearten_disclosure::SuppressionReason),
}

/// The figures of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupFigures {
    /// How many people they are of.
    pub persons: usize,
    /// The next three months.
    pub three_months: GroupBand,
    /// The next twelve.
    pub twelve_months: GroupBand,
    /// What raises the risk most, the strongest first.
    pub raising: Vec<Driver>,
    /// What lowers it most.
    pub lowering: Vec<Driver>,
}

/// Between which bounds a share lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupBand {
    /// The lower bound of the expected share, in whole per cent.
    pub low_percent: u32,
    /// The upper bound.
    pub high_percent: u32,
    /// Of the group, so many are expected to leave, in tenths.
    pub expected_tenths: u32,
    /// At least so many will be seen to leave.
    pub seen_low: u32,
    /// At most so many.
    pub seen_high: u32,
}

/// What an input adds to the risk of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// The input, by name.
    pub feature: String,
    /// The odds of leaving against a typical colleague's, as a factor in hundredths.
    pub odds_hundredths: u32,
}

/// How sure the bands are.
const SURENESS: Sureness = Sureness::P80;

impl GroupRisks {
    /// What is told of a group; None for one that was not there.
    pub fn of(&self, group: Group) -> Option<&KeptGroup> {
        self.0.iter().find(|(of, _)| *of == group).map(|(_, kept)| kept)
    }

    /// What a model says of all groups by the rows of a month, each person in the team of the day the rows are of.
    ///
    /// # Errors
    /// INTERNAL where a plan cannot be decided, or the model is not one of features.
    pub fn compute(chart: &OrgChart, stays: &[Stay], rows: &[&Frozen], model: &Model) -> Result<Self, Exception> {
        let of = |stay: &Stay| {
            let row = rows.binary_search_by_key(&stay.person, |row| row.person).ok().map(|at| rows[at])?;
            // Whose first day nobody knows has no risk: it depends on it.
            Some((row, whole_months(stay.from?, row.as_of)))
        };
        let mut paths = Paths::new(chart);
        let scored: Vec<(u32, FeatureRow)> =
            stays.iter().filter_map(|stay| of(stay).map(|(row, served)| (served, row.row))).collect();
        let groups = members(stays, &mut paths, |stay| of(stay).map(|(row, _)| row.as_of));
        let mut told = Vec::new();
        for (group, verdict) in verdicts(&groups, MINIMUM)? {
            let kept = match verdict {
                hearten_disclosure::Verdict::Hidden(reason) => KeptGroup::Hidden(reason),
                _ => {
                    let inside = groups.1.get(&group).map_or(&[] as &[u32], Vec::as_slice);
                    let of_group: Vec<(u32, FeatureRow)> = inside.iter().map(|at| scored[*at as usize]).collect();
                    KeptGroup::Shown(figures(&of_group, model)?)
                }
            };
            told.push((group, kept));
        }
        Ok(Self(told))
    }
}

fn figures(persons: &[(u32, FeatureRow)], model: &Model) -> Result<GroupFigures, Exception> {
    let risk = |horizon| {
        let persons = persons.iter().map(|(served, row)| (*served, row));
        model.group_risk(persons, horizon, SURENESS).map(|risk| band(&risk)).map_err(Exception::internal)
    };
    let rows: Vec<FeatureRow> = persons.iter().map(|(_, row)| *row).collect();
    let reasons = model.group_reasons(&rows, None).map_err(Exception::internal)?;
    let drivers =
        |found: Vec<&Reason>| found.into_iter().map(driver).filter(|driver| driver.odds_hundredths != 100).collect();
    Ok(GroupFigures {
        persons: persons.len(),
        three_months: risk(Horizon::ThreeMonths)?,
        twelve_months: risk(Horizon::TwelveMonths)?,
        raising: drivers(reasons.raising(is_actionable)),
        lowering: drivers(reasons.lowering(is_actionable)),
    })
}

/// Bounds are rounded outwards: what is told holds what was found.
fn band(risk: &GroupRisk) -> GroupBand {
    let persons = risk.persons as f64;
    // Each lies between 0 and the number of persons: it fits.
    GroupBand {
        low_percent: (risk.low * 100.0).floor() as u32,
        high_percent: (risk.high * 100.0).ceil() as u32,
        expected_tenths: (risk.expected_leavers() * 10.0).round() as u32,
        seen_low: (risk.seen_low * persons).floor() as u32,
        seen_high: (risk.seen_high * persons).ceil() as u32,
    }
}

fn driver(reason: &Reason) -> Driver {
    Driver { feature: reason.name.clone(), odds_hundredths: (reason.odds_factor() * 100.0).round() as u32 }
}
