//! What is believed before an organization has leavers of its own: a versioned table with the source of every line.
//!
//! These are **judgements, not estimates**: no data of any organization went into them. Literature tells most directions and
//! how weak such relations are; it does not tell coefficients of these inputs in these units. So every coefficient is small
//! and uncertain enough that its band includes no effect or nearly so, and the first thing an organization's own data
//! replaces is the level.

use serde::{Deserialize, Serialize};

use crate::{Feature, Model, ModelParts, ModelProblem, Scale, Strata, Towards};

/// A prior for the model of [`Feature`]s in the tenure bands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Its version; stored with every model that was drawn to it.
    pub version: String,
    /// Where it comes from, in words.
    pub source: String,
    /// One a feature, in order.
    pub coefficients: Vec<PriorCoefficient>,
    /// Log-odds of leaving in a month for somebody typical, one a tenure band.
    pub intercepts: Vec<f64>,
    /// How far the level of an organization may lie from these (sd, in log-odds).
    pub level_sd: f64,
    /// How far single bands may lie from the level (sd, in log-odds).
    pub shape_sd: f64,
}

/// The prior of one coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorCoefficient {
    /// Of which feature.
    pub feature: Feature,
    /// Log-odds of leaving in a month for one sd more.
    pub mean: f64,
    /// How uncertain that is (sd).
    pub sd: f64,
    /// What is taken to be typical, and one sd.
    pub scale: Scale,
    /// Where it comes from.
    pub source: String,
}

const JUDGEMENT: &str = "judgement, no data";
const CONTAGION: &str =
    "judgement; direction as in Felps et al. (2009), Turnover contagion, Academy of Management Journal 52(3)";
const ANTECEDENTS: &str =
    "judgement; direction as in what Griffeth, Hom and Gaertner (2000), Journal of Management 26(3), found of leaders";
const UNITS: &str = "judgement; direction as in the meta-analysis of business units of Harter, Schmidt and Hayes (2002), Journal of Applied Psychology 87(2)";

/// Feature, mean, sd, typical value, one sd of the feature, source.
const SHIPPED: [(Feature, f64, f64, f64, f64, &str); crate::FEATURES] = [
    (Feature::MonthsSinceRoleChange, 0.10, 0.20, 24.0, 18.0, JUDGEMENT),
    (Feature::MonthsSinceManagerChange, -0.05, 0.20, 18.0, 15.0, JUDGEMENT),
    (Feature::TeamTurnover12m, 0.15, 0.20, 0.12, 0.12, CONTAGION),
    (Feature::Span, 0.05, 0.20, 9.0, 5.0, JUDGEMENT),
    (Feature::WeeksSinceOneOnOne, 0.10, 0.20, 6.0, 7.0, ANTECEDENTS),
    (Feature::OverdueRequests, 0.10, 0.20, 0.3, 0.7, JUDGEMENT),
    (Feature::OpenGoals, 0.0, 0.20, 3.0, 2.5, JUDGEMENT),
    (Feature::StaleGoals, 0.05, 0.20, 0.8, 1.2, JUDGEMENT),
    (Feature::RecognitionReceived90d, -0.10, 0.20, 1.5, 2.0, JUDGEMENT),
    (Feature::ExpectationsMissed90d, 0.10, 0.20, 0.3, 0.7, JUDGEMENT),
    (Feature::ExpectationsOpen, 0.0, 0.20, 1.5, 1.5, JUDGEMENT),
    (Feature::GroupFavourability, -0.15, 0.20, 0.70, 0.12, UNITS),
];

/// Hazards a month by tenure band. Judgement; that hazards rise in the first months and fall afterwards is in Farber (1999),
/// Mobility and stability, Handbook of Labor Economics 3.
const SHIPPED_HAZARDS: [f64; 9] = [0.012, 0.015, 0.015, 0.014, 0.013, 0.011, 0.009, 0.007, 0.005];

impl Prior {
    /// The prior that comes with this version.
    #[must_use]
    pub fn shipped() -> Self {
        let coefficient =
            |(feature, mean, sd, typical, spread, source): (Feature, f64, f64, f64, f64, &str)| PriorCoefficient {
                feature,
                mean,
                sd,
                scale: Scale { mean: typical, sd: spread },
                source: source.to_owned(),
            };
        Self {
            version: "2026.1".to_owned(),
            source:
                "Judgement. No data of any organization went into it; literature gave directions where it is named."
                    .to_owned(),
            coefficients: SHIPPED.into_iter().map(coefficient).collect(),
            intercepts: SHIPPED_HAZARDS.iter().map(|hazard| (hazard / (1.0 - hazard)).ln()).collect(),
            level_sd: 0.7,
            shape_sd: 0.5,
        }
    }

    /// A prior from a fit on pooled data, as those have who run several organizations that agreed to it.
    ///
    /// # Errors
    /// The model is not one of [`Feature`]s in tenure bands.
    pub fn from_model(
        version: &str,
        source: &str,
        model: &Model,
        level_sd: f64,
        shape_sd: f64,
    ) -> Result<Self, ModelProblem> {
        if !model.is_of_features() || model.strata() != Strata::Tenure {
            return Err(ModelProblem::Lengths);
        }
        let errors = model.standard_errors();
        let strata = model.intercepts().len();
        let coefficient = |(at, feature): (usize, Feature)| PriorCoefficient {
            feature,
            mean: model.coefficients()[at],
            sd: errors[strata + at],
            scale: model.parts().scales[at],
            source: source.to_owned(),
        };
        Ok(Self {
            version: version.to_owned(),
            source: source.to_owned(),
            coefficients: Feature::ALL.into_iter().enumerate().map(coefficient).collect(),
            intercepts: model.intercepts().to_vec(),
            level_sd,
            shape_sd,
        })
    }

    /// The scales the coefficients are counted on.
    #[must_use]
    pub fn scales(&self) -> Vec<Scale> {
        self.coefficients.iter().map(|one| one.scale).collect()
    }

    /// The coefficients as priors of a fit, each held with this precision.
    #[must_use]
    pub fn held(&self, precision: f64) -> Vec<Towards> {
        self.coefficients.iter().map(|one| Towards { mean: one.mean, precision }).collect()
    }

    /// The model that the prior is, its level moved by `level` with this variance.
    ///
    /// # Errors
    /// A prior that does not have one line a feature and one intercept a band, or whose numbers are out of range.
    pub fn model_at(&self, level: f64, variance: f64) -> Result<Model, ModelProblem> {
        let in_order = self.coefficients.iter().map(|one| one.feature).eq(Feature::ALL);
        if !in_order {
            return Err(ModelProblem::Lengths);
        }
        let strata = self.intercepts.len();
        let size = strata + self.coefficients.len();
        let mut covariance = vec![0.0; size * size];
        for (row, column) in (0..strata).flat_map(|row| (0..strata).map(move |column| (row, column))) {
            let own = if row == column { self.shape_sd * self.shape_sd } else { 0.0 };
            covariance[row * size + column] = variance + own;
        }
        for (at, one) in self.coefficients.iter().enumerate() {
            covariance[(strata + at) * size + strata + at] = one.sd * one.sd;
        }
        Model::try_from(ModelParts {
            names: Feature::ALL.iter().map(|feature| feature.name().to_owned()).collect(),
            strata: Strata::Tenure,
            scales: self.scales(),
            typical: vec![0.0; self.coefficients.len()],
            intercepts: self.intercepts.iter().map(|intercept| intercept + level).collect(),
            coefficients: self.coefficients.iter().map(|one| one.mean).collect(),
            covariance,
        })
    }
}
