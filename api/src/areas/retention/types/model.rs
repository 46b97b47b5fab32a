//! The model's card, what it may know, and what it says of groups, as the schema shows them.

use async_graphql::{Enum, Object, SimpleObject, Union};
use chrono::NaiveDate;
use hearten_retention::{Caveat, Feature, FeatureGroup, Gate};

use super::{
    super::{
        model::{Driver, GroupBand, GroupFigures, Version},
        service::{NoRisk, ShownRisk},
        turnover::{MINIMUM, MINIMUM_LEAVERS},
    },
    count,
};
use crate::graphql::scalars::{Date, DateTime};

/// What an input of the retention model is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FeatureGroup")]
pub enum RetentionFeatureGroup {
    /// Time in the organization, in the role.
    Tenure,
    /// Managers, teams and spans.
    Reporting,
    /// Goals and how they stand.
    Workload,
    /// One-on-ones.
    Conversations,
    /// Thanks received.
    Recognition,
    /// Requests and expectations.
    Requests,
    /// Results that were published for a group.
    PublishedResults,
}

/// Something the retention model may know of a person's situation. What is not listed, it cannot know: no protected
/// attribute, and no answer of a person.
#[derive(SimpleObject)]
pub struct RetentionFeature {
    /// Its name.
    name: &'static str,
    /// The unit it is counted in.
    unit: &'static str,
    /// What it means.
    meaning: &'static str,
    /// Whether somebody can act on it.
    actionable: bool,
    /// What it is about.
    group: RetentionFeatureGroup,
}

impl From<Feature> for RetentionFeature {
    fn from(feature: Feature) -> Self {
        let about = feature.definition();
        Self {
            name: about.name,
            unit: about.unit,
            meaning: about.meaning,
            actionable: about.actionable,
            group: about.group.into(),
        }
    }
}

/// How much an organization's own leavers allow to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Gate")]
pub enum RetentionGate {
    /// Fewer than 20: what comes with this service, at a level of one's own; of groups only.
    PriorOnly,
    /// Coefficients of one's own, drawn to those that come with this service; of groups only.
    GroupsOnly,
    /// 50 or more, and well calibrated on the last year: it could be said more than of groups. It is not.
    PersonsPossible,
}

/// What must be said along with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RetentionCaveat {
    /// It was not compared with the base rate: too few left for that.
    NotCompared,
    /// It does not beat the base rate. Nothing is shown by it; turnover is worth more.
    BeatsNothing,
    /// Its coefficients are those that come with this service: judgement, not the organization's data.
    PriorOnly,
    /// On the last year its calibration slope lay outside 0.8 to 1.25, or could not be found.
    NotCalibrated,
    /// More, or fewer, leave than it expects.
    LeavingDrifted,
    /// What it knows has moved since it was fitted.
    InputsDrifted,
    /// A group is marked less than four fifths as often as another.
    FourFifths,
}

impl From<Caveat> for RetentionCaveat {
    fn from(caveat: Caveat) -> Self {
        match caveat {
            Caveat::NotCompared => Self::NotCompared,
            Caveat::BeatsNothing => Self::BeatsNothing,
            Caveat::PriorOnly => Self::PriorOnly,
            Caveat::NotCalibrated => Self::NotCalibrated,
            Caveat::LeavingDrifted => Self::LeavingDrifted,
            Caveat::InputsDrifted => Self::InputsDrifted,
            Caveat::FourFifths(_) => Self::FourFifths,
        }
    }
}

/// How far an input has moved since the model was fitted.
#[derive(SimpleObject)]
pub struct RetentionDrift {
    /// The input, by name.
    feature: String,
    /// The population stability index: below 0.1 nothing moved, above 0.25 a lot did.
    psi: f64,
}

/// A version of the retention model: what it was made of, and how good it is. Measures that could not be found, or would
/// be of fewer than five leavers, are null.
pub struct RetentionModel {
    /// The version.
    pub version: std::sync::Arc<Version>,
}

/// A version of the retention model: what it was made of, and how good it is. Measures that could not be found, or would
/// be of fewer than five leavers, are null.
#[Object(serial)]
impl RetentionModel {
    /// The version, from 1.
    async fn version(&self) -> i32 {
        self.version.number
    }

    /// When it was fitted.
    async fn fitted_at(&self) -> DateTime {
        DateTime(self.version.fitted_at)
    }

    /// The version of what comes with this service, to which it was drawn.
    async fn prior(&self) -> &str {
        &self.version.card.prior
    }

    /// What the leavers allow to be said.
    async fn gate(&self) -> RetentionGate {
        self.version.card.gate.into()
    }

    /// Whether groups are shown by it.
    async fn shown(&self) -> bool {
        self.version.shown
    }

    /// The first month it learned from.
    async fn trained_from(&self) -> Option<Date> {
        day_of(self.version.card.trained_from)
    }

    /// The last month it learned from.
    async fn trained_until(&self) -> Option<Date> {
        day_of(self.version.card.trained_until)
    }

    /// How many people it learned from.
    async fn persons(&self) -> i32 {
        whole(self.version.card.persons)
    }

    /// In how many months of theirs, together.
    async fn person_months(&self) -> i32 {
        whole(self.version.card.person_months)
    }

    /// How many of them left by own decision; null for one to four.
    async fn leavers(&self) -> Option<i32> {
        let leavers = self.version.card.leavers;
        (leavers == 0 || leavers >= MINIMUM_LEAVERS as u64).then(|| whole(leavers))
    }

    /// How well it told leavers from others, in months it had not seen: 0.5 is chance, 1 is perfect.
    async fn auc(&self) -> Option<f64> {
        self.version.card.auc
    }

    /// The mean squared error of its probabilities in those months: less is better.
    async fn brier(&self) -> Option<f64> {
        self.version.card.brier
    }

    /// How its probabilities stand to what happened in the last year: 1 is right, less is too extreme.
    async fn calibration_slope(&self) -> Option<f64> {
        self.version.card.calibration.map(|calibration| calibration.slope)
    }

    /// By how much less squared error it does than the base rate, as a share; null where too few left to compare.
    async fn skill(&self) -> Option<f64> {
        self.version.card.baselines.map(|baselines| baselines.base_rate.skill)
    }

    /// Whether it beats the base rate beyond doubt; null where too few left to compare.
    async fn beats_base_rate(&self) -> Option<bool> {
        self.version.card.baselines.map(|baselines| baselines.base_rate.beats())
    }

    /// How far its inputs have moved since it was fitted.
    async fn drift(&self) -> Vec<RetentionDrift> {
        let drift = self.version.card.drift.iter();
        drift.map(|(feature, psi)| RetentionDrift { feature: feature.clone(), psi: *psi }).collect()
    }

    /// What must be said along with it.
    async fn caveats(&self) -> Vec<RetentionCaveat> {
        caveats(&self.version)
    }
}

fn caveats(version: &Version) -> Vec<RetentionCaveat> {
    version.card.caveats().into_iter().map(RetentionCaveat::from).collect()
}

/// How many of a group may leave, or why that is not shown.
#[derive(Union)]
pub enum RetentionGroup {
    /// It is shown.
    Figures(RetentionGroupFigures),
    /// It is not.
    Hidden(RetentionGroupHidden),
}

/// How many of a group may leave by own decision, as it stood when the month began. It says what people of whom the same is
/// known did on average; it says of nobody that they will leave, and nothing follows from it by itself.
#[derive(SimpleObject)]
pub struct RetentionGroupFigures {
    /// The first day of the month.
    month: Date,
    /// The version of the model.
    version: i32,
    /// How many people it is said of.
    people: i32,
    /// The next three months.
    three_months: RetentionBand,
    /// The next twelve months.
    twelve_months: RetentionBand,
    /// What raises the risk most, of what somebody can act on; the strongest first, at most three.
    raising: Vec<RetentionDriver>,
    /// What lowers it most.
    lowering: Vec<RetentionDriver>,
    /// What must be said along with it.
    caveats: Vec<RetentionCaveat>,
}

/// A share of a group, as a band of 80 per cent sureness.
#[derive(SimpleObject)]
pub struct RetentionBand {
    /// The lower bound of the expected share, in whole per cent.
    low_percent: i32,
    /// Its upper bound.
    high_percent: i32,
    /// So many of the group are expected to leave.
    expected_leavers: f64,
    /// So many at least will be seen to leave.
    leavers_low: i32,
    /// So many at most.
    leavers_high: i32,
}

/// What an input adds to the risk of a group.
#[derive(SimpleObject)]
pub struct RetentionDriver {
    /// The input.
    feature: RetentionFeature,
    /// The odds of leaving, against those of somebody typical, as a factor.
    odds_factor: f64,
}

/// Why the risk of a group is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RetentionHiddenReason {
    /// There is no model yet, nothing it could learn from, or none of the last twelve months.
    NoModel,
    /// The model does not beat the base rate, so it tells nothing that turnover does not.
    NotBetter,
    /// Nobody was in the group when the month began.
    NotInPlan,
    /// Fewer than twenty people.
    BelowMinimum,
    /// Together with what is shown of other teams, it would tell of fewer than twenty people.
    Complementary,
}

/// The risk of a group is not shown.
#[derive(SimpleObject)]
pub struct RetentionGroupHidden {
    /// Why.
    reason: RetentionHiddenReason,
    /// The smallest group that is shown.
    minimum_group: i32,
}

impl From<Result<ShownRisk, NoRisk>> for RetentionGroup {
    fn from(found: Result<ShownRisk, NoRisk>) -> Self {
        use hearten_disclosure::SuppressionReason as Plan;
        match found {
            Ok(ShownRisk { version, figures }) => Self::Figures(group_figures(&version, &figures)),
            Err(why) => {
                let reason = match why {
                    NoRisk::NoModel => RetentionHiddenReason::NoModel,
                    NoRisk::NotBetter => RetentionHiddenReason::NotBetter,
                    NoRisk::Plan(Plan::NotInPlan) => RetentionHiddenReason::NotInPlan,
                    NoRisk::Plan(Plan::BelowMinimum) => RetentionHiddenReason::BelowMinimum,
                    NoRisk::Plan(Plan::Complementary | Plan::Unanimous) => RetentionHiddenReason::Complementary,
                };
                Self::Hidden(RetentionGroupHidden { reason, minimum_group: count(MINIMUM) })
            }
        }
    }
}

fn group_figures(version: &Version, figures: &GroupFigures) -> RetentionGroupFigures {
    RetentionGroupFigures {
        month: Date(version.month),
        version: version.number,
        people: count(figures.persons),
        three_months: figures.three_months.into(),
        twelve_months: figures.twelve_months.into(),
        raising: drivers(&figures.raising),
        lowering: drivers(&figures.lowering),
        caveats: caveats(version),
    }
}

fn drivers(found: &[Driver]) -> Vec<RetentionDriver> {
    let driver = |driver: &Driver| {
        let feature = Feature::named(&driver.feature)?.into();
        Some(RetentionDriver { feature, odds_factor: f64::from(driver.odds_hundredths) / 100.0 })
    };
    found.iter().filter_map(driver).collect()
}

impl From<GroupBand> for RetentionBand {
    fn from(band: GroupBand) -> Self {
        let whole = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        Self {
            low_percent: whole(band.low_percent),
            high_percent: whole(band.high_percent),
            expected_leavers: f64::from(band.expected_tenths) / 10.0,
            leavers_low: whole(band.seen_low),
            leavers_high: whole(band.seen_high),
        }
    }
}

fn whole(n: u64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// The first day of a month given as a number; see `model::number_of`.
fn day_of(number: u32) -> Option<Date> {
    NaiveDate::from_ymd_opt(i32::try_from(number / 12).ok()?, number % 12 + 1, 1).map(Date)
}
