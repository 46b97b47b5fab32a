//! What the model may know of a person's situation, and nothing else.
//!
//! [`Feature`] lists every admissible input. A row for the model is a [`FeatureRow`]: one place a feature, so an input that
//! is not in the list cannot be said. There is no feature for a protected attribute and none for what somebody answered in
//! a survey; attributes that serve the fairness check are [`FairnessAttribute`](crate::FairnessAttribute), which no function
//! turns into a feature. Time served is no feature either: it chooses the intercept ([`Strata::Tenure`](crate::Strata)).

use serde::{Deserialize, Serialize};

/// An input of the model. The order is the order of a [`FeatureRow`] and of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Months since the person's role last changed.
    MonthsSinceRoleChange,
    /// Months since the person last came to another manager.
    MonthsSinceManagerChange,
    /// The share of the person's team that left in the last 12 months.
    #[serde(rename = "team_turnover_12m")]
    TeamTurnover12m,
    /// How many report to the person's manager.
    Span,
    /// Weeks since the last one-on-one.
    WeeksSinceOneOnOne,
    /// The person's requests that are overdue.
    OverdueRequests,
    /// The person's open goals.
    OpenGoals,
    /// Open goals without a check-in for long.
    StaleGoals,
    /// Recognitions received in the last 90 days.
    #[serde(rename = "recognition_received_90d")]
    RecognitionReceived90d,
    /// Promises to the person that were missed in the last 90 days.
    #[serde(rename = "expectations_missed_90d")]
    ExpectationsMissed90d,
    /// Promises to the person that are open.
    ExpectationsOpen,
    /// Favourability of the person's group in the last published results.
    GroupFavourability,
}

/// What an input is about; reasons are listed under these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeatureGroup {
    /// Time in the organization, in the role.
    Tenure,
    /// Managers, teams and spans.
    Reporting,
    /// Goals and how they stand.
    Workload,
    /// One-on-ones.
    Conversations,
    /// Recognition received.
    Recognition,
    /// Requests and expectations.
    Requests,
    /// Results that were published for a group.
    PublishedResults,
}

/// What is known of a [`Feature`]: how it is called and counted, what it means, and who could do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Definition {
    /// Its name, in `snake_case`; stored with models, so it never changes.
    pub name: &'static str,
    /// The unit it is counted in.
    pub unit: &'static str,
    /// What it means, in words for those who read a reason.
    pub meaning: &'static str,
    /// Whether somebody can act on it. Only such inputs are shown as a person's reasons.
    pub actionable: bool,
    /// What it is about.
    pub group: FeatureGroup,
    /// The smallest value; smaller ones are raised to it.
    pub least: f32,
    /// The largest value; larger ones are lowered to it, so that one odd record cannot carry a score.
    pub most: f32,
}

/// How many features there are.
pub const FEATURES: usize = Feature::ALL.len();

impl Feature {
    /// All features, in order.
    pub const ALL: [Self; 12] = [
        Self::MonthsSinceRoleChange,
        Self::MonthsSinceManagerChange,
        Self::TeamTurnover12m,
        Self::Span,
        Self::WeeksSinceOneOnOne,
        Self::OverdueRequests,
        Self::OpenGoals,
        Self::StaleGoals,
        Self::RecognitionReceived90d,
        Self::ExpectationsMissed90d,
        Self::ExpectationsOpen,
        Self::GroupFavourability,
    ];

    /// Its name, in `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.definition().name
    }

    /// The feature of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// What is known of it.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }
}

impl std::fmt::Display for Feature {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.name())
    }
}

const fn definition(
    name: &'static str,
    (unit, most): (&'static str, f32),
    group: FeatureGroup,
    actionable: bool,
    meaning: &'static str,
) -> Definition {
    Definition { name, unit, meaning, actionable, group, least: 0.0, most }
}

use FeatureGroup::{Conversations, PublishedResults, Recognition, Reporting, Requests, Tenure, Workload};

static DEFINITIONS: [Definition; FEATURES] = [
    definition(
        "months_since_role_change",
        ("months", 60.0),
        Tenure,
        true,
        "Whole months since the job title or role last changed, or since joining; 60 for longer.",
    ),
    definition(
        "months_since_manager_change",
        ("months", 60.0),
        Reporting,
        false,
        "Whole months since the person last came to report to somebody else, or since joining; 60 for longer.",
    ),
    definition(
        "team_turnover_12m",
        ("share", 1.0),
        Reporting,
        true,
        "Of those who were in the person's team in the last 12 months, the share that left the organization.",
    ),
    definition("span", ("persons", 50.0), Reporting, true, "How many report to the person's manager; 50 for more."),
    definition(
        "weeks_since_one_on_one",
        ("weeks", 26.0),
        Conversations,
        true,
        "Whole weeks since the last one-on-one that took place; 26 for longer and where there was none.",
    ),
    definition(
        "overdue_requests",
        ("requests", 20.0),
        Requests,
        true,
        "Requests the person made that are past their due time and not answered; 20 for more.",
    ),
    definition("open_goals", ("goals", 20.0), Workload, true, "Goals the person owns that are open; 20 for more."),
    definition(
        "stale_goals",
        ("goals", 20.0),
        Workload,
        true,
        "Open goals the person owns whose last check-in is older than their cadence asks; 20 for more.",
    ),
    definition(
        "recognition_received_90d",
        ("recognitions", 20.0),
        Recognition,
        true,
        "Recognitions the person received in the last 90 days; 20 for more.",
    ),
    definition(
        "expectations_missed_90d",
        ("expectations", 20.0),
        Requests,
        true,
        "What was promised to the person and missed in the last 90 days; 20 for more.",
    ),
    definition(
        "expectations_open",
        ("expectations", 20.0),
        Requests,
        true,
        "What was promised to the person and is still open; 20 for more.",
    ),
    definition(
        "group_favourability",
        ("share", 1.0),
        PublishedResults,
        true,
        "Favourable answers in the last results published for the person's group, whoever of it answered what.",
    ),
];

/// A value that no feature can have.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{feature} is not a finite number")]
pub struct FeatureProblem {
    /// Which feature.
    pub feature: Feature,
}

/// One person's inputs in one month. What is not known is `None`: it then counts as typical, that is, the model puts the
/// training mean in its place, so that not knowing neither raises nor lowers a score.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "[Option<f32>; FEATURES]", into = "[Option<f32>; FEATURES]")]
pub struct FeatureRow([Option<f32>; FEATURES]);

impl TryFrom<[Option<f32>; FEATURES]> for FeatureRow {
    type Error = FeatureProblem;

    /// What was stored is checked and kept within its ranges as what is new.
    fn try_from(values: [Option<f32>; FEATURES]) -> Result<Self, FeatureProblem> {
        Self::new(|feature| values[feature as usize].map(f64::from))
    }
}

impl From<FeatureRow> for [Option<f32>; FEATURES] {
    fn from(row: FeatureRow) -> Self {
        row.0
    }
}

impl FeatureRow {
    /// A row from what is known, each value kept within its feature's range.
    ///
    /// # Errors
    /// The first feature whose value is NaN or infinite.
    pub fn new(mut known: impl FnMut(Feature) -> Option<f64>) -> Result<Self, FeatureProblem> {
        let mut row = Self::default();
        for feature in Feature::ALL {
            let Some(value) = known(feature) else { continue };
            if !value.is_finite() {
                return Err(FeatureProblem { feature });
            }
            let range = feature.definition();
            // A float cast saturates, so this cannot overflow before it is clamped.
            row.0[feature as usize] = Some((value as f32).clamp(range.least, range.most));
        }
        Ok(row)
    }

    /// The value of a feature, if known.
    #[must_use]
    pub fn get(&self, feature: Feature) -> Option<f32> {
        self.0[feature as usize]
    }

    /// How many of the [`FEATURES`] are known.
    #[must_use]
    pub fn known(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The values in order, NaN where unknown: the form a [`Design`](crate::Design) takes.
    #[must_use]
    pub fn values(&self) -> [f32; FEATURES] {
        self.0.map(|value| value.unwrap_or(f32::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_stands_at_its_place_under_its_own_name() {
        for (place, feature) in Feature::ALL.into_iter().enumerate() {
            assert_eq!(feature as usize, place);
            assert_eq!(Feature::named(feature.name()), Some(feature));
            assert_eq!(serde_json::to_string(&feature).unwrap(), format!("\"{}\"", feature.name()));
            let about = feature.definition();
            assert!(about.least < about.most && about.meaning.ends_with('.') && !about.unit.is_empty());
            assert!(about.name.chars().all(|letter| letter.is_ascii_lowercase() || "_0123456789".contains(letter)));
        }
        assert_eq!(Feature::named("gender"), None);
        assert_eq!(Feature::named("age"), None);
    }

    #[test]
    fn rows_keep_to_the_ranges() {
        let row = FeatureRow::new(|feature| match feature {
            Feature::Span => Some(1e300),
            Feature::TeamTurnover12m => Some(-0.5),
            Feature::OpenGoals => Some(3.0),
            _ => None,
        });
        let row = row.unwrap();
        assert_eq!(row.get(Feature::Span), Some(50.0));
        assert_eq!(row.get(Feature::TeamTurnover12m), Some(0.0));
        assert_eq!(row.get(Feature::OpenGoals), Some(3.0));
        assert_eq!((row.get(Feature::StaleGoals), row.known()), (None, 3));
        assert!(row.values()[Feature::StaleGoals as usize].is_nan());
        let back: FeatureRow = serde_json::from_str(&serde_json::to_string(&row).unwrap()).unwrap();
        assert_eq!(back, row);
        let stored = format!("[{}]", ["99.0"; FEATURES].join(","));
        let kept: FeatureRow = serde_json::from_str(&stored).unwrap();
        assert_eq!((kept.get(Feature::Span), kept.get(Feature::GroupFavourability)), (Some(50.0), Some(1.0)));
        let refused = FeatureRow::new(|feature| (feature == Feature::Span).then_some(f64::NAN));
        assert_eq!(refused, Err(FeatureProblem { feature: Feature::Span }));
    }
}
