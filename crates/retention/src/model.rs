//! A fitted model as data: names, scales, intercepts, coefficients and their covariance. It can be stored and read back,
//! and whatever is read back is checked first.

use serde::{Deserialize, Serialize};

use crate::{Design, FEATURES, Feature, FeatureRow, Scale, Strata, design::MOST_COLUMNS};

/// A logistic hazard model. `logit h = intercept[stratum] + Σ coefficient[j] · (x[j] − mean[j]) / sd[j]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ModelParts", into = "ModelParts")]
pub struct Model(ModelParts);

/// What a [`Model`] is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelParts {
    /// The names of the columns.
    pub names: Vec<String>,
    /// How months of service are told apart.
    pub strata: Strata,
    /// One a column.
    pub scales: Vec<Scale>,
    /// The value, on the scale, that an unknown input counts as; one a column, 0 where the scale's mean is what is typical.
    pub typical: Vec<f64>,
    /// Log-odds of leaving in a month, one a stratum, where every input stands at its scale's mean.
    pub intercepts: Vec<f64>,
    /// Log-odds for one sd more, one a column.
    pub coefficients: Vec<f64>,
    /// Covariance of intercepts and then coefficients, by rows: (strata + columns)² numbers.
    pub covariance: Vec<f64>,
}

/// Why parts make no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelProblem {
    /// Lists of different lengths.
    #[error("the parts of the model have different lengths")]
    Lengths,
    /// NaN, infinite, or beyond any sensible size.
    #[error("a number of the model is out of range")]
    OutOfRange,
    /// A scale whose sd is not above 0.
    #[error("a scale of the model has no spread")]
    Scale,
    /// A covariance that is not symmetric or has a negative variance.
    #[error("the covariance of the model is none")]
    Covariance,
}

/// Log-odds beyond this are no estimates; e^±60 is further than any probability that matters.
const LARGEST_LOG_ODDS: f64 = 1e12;

/// Covariances beyond this would overflow with inputs that are far out.
const LARGEST_COVARIANCE: f64 = 1e100;

impl TryFrom<ModelParts> for Model {
    type Error = ModelProblem;

    fn try_from(parts: ModelParts) -> Result<Self, ModelProblem> {
        let (strata, width) = (parts.strata.count(), parts.names.len());
        let size = strata + width;
        let lengths = [
            (parts.scales.len(), width),
            (parts.typical.len(), width),
            (parts.intercepts.len(), strata),
            (parts.coefficients.len(), width),
            (parts.covariance.len(), size * size),
        ];
        if width > MOST_COLUMNS || lengths.iter().any(|(found, expected)| found != expected) {
            return Err(ModelProblem::Lengths);
        }
        let numbers = parts.typical.iter().chain(&parts.intercepts).chain(&parts.coefficients);
        if !numbers.copied().all(|number| number.abs() <= LARGEST_LOG_ODDS) {
            return Err(ModelProblem::OutOfRange);
        }
        if !parts.scales.iter().all(|scale| scale.is_sound()) {
            return Err(ModelProblem::Scale);
        }
        if !parts.covariance.iter().all(|number| number.abs() <= LARGEST_COVARIANCE) {
            return Err(ModelProblem::OutOfRange);
        }
        let at = |row: usize, column: usize| parts.covariance[row * size + column];
        let symmetric = |row: usize, column: usize| {
            let (one, other) = (at(row, column), at(column, row));
            (one - other).abs() <= 1e-9 * (at(row, row) * at(column, column)).abs().sqrt().max(1e-12)
        };
        let sound = (0..size).all(|row| at(row, row) >= 0.0 && (0..row).all(|column| symmetric(row, column)));
        if sound { Ok(Self(parts)) } else { Err(ModelProblem::Covariance) }
    }
}

impl From<Model> for ModelParts {
    fn from(model: Model) -> Self {
        model.0
    }
}

impl Model {
    pub(crate) fn from_estimate(
        design: &Design,
        scales: Vec<Scale>,
        typical: Vec<f64>,
        theta: &[f64],
        covariance: &[f64],
    ) -> Result<Self, ModelProblem> {
        let (intercepts, coefficients) = theta.split_at(design.strata().count());
        let size = theta.len();
        // Rounding leaves the two halves a few units of the last digit apart.
        let even = |at: usize| 0.5 * (covariance[at] + covariance[at % size * size + at / size]);
        Self::try_from(ModelParts {
            names: design.names().to_vec(),
            strata: design.strata(),
            scales,
            typical,
            intercepts: intercepts.to_vec(),
            coefficients: coefficients.to_vec(),
            covariance: (0..size * size).map(even).collect(),
        })
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> &ModelParts {
        &self.0
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// How months of service are told apart.
    #[must_use]
    pub fn strata(&self) -> Strata {
        self.0.strata
    }

    /// Log-odds of leaving in a month, one a stratum, for somebody typical.
    #[must_use]
    pub fn intercepts(&self) -> &[f64] {
        &self.0.intercepts
    }

    /// Log-odds for one sd more, one a column.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.0.coefficients
    }

    /// Standard errors: those of the intercepts, then those of the coefficients.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        let size = self.size();
        (0..size).map(|at| self.0.covariance[at * size + at].sqrt()).collect()
    }

    /// Whether the columns are exactly the [`Feature`]s, so that persons can be scored from [`FeatureRow`]s.
    #[must_use]
    pub fn is_of_features(&self) -> bool {
        self.0.names.len() == FEATURES
            && self.0.names.iter().zip(Feature::ALL).all(|(name, feature)| name == feature.name())
    }

    pub(crate) fn size(&self) -> usize {
        self.0.intercepts.len() + self.0.coefficients.len()
    }

    /// The inputs on the model's scale, unknown ones at what is typical.
    pub(crate) fn scaled(&self, values: &[f32]) -> Option<Vec<f64>> {
        let parts = &self.0;
        if values.len() != parts.names.len() || values.iter().any(|value| value.is_infinite()) {
            return None;
        }
        let scaled = values.iter().zip(parts.scales.iter().zip(&parts.typical)).map(|(value, (scale, typical))| {
            if value.is_nan() { *typical } else { (f64::from(*value) - scale.mean) / scale.sd }
        });
        Some(scaled.collect())
    }

    /// x'Vx for the covariance V.
    pub(crate) fn variance(&self, gradient: &[f64]) -> f64 {
        let size = self.size();
        let rows = self.0.covariance.chunks_exact(size);
        let sum: f64 = rows
            .zip(gradient)
            .map(|(row, own)| own * row.iter().zip(gradient).map(|(covariance, other)| covariance * other).sum::<f64>())
            .sum();
        sum.max(0.0)
    }
}

/// The inputs of a person: a [`FeatureRow`], or plain values in the order of the columns, NaN where unknown.
pub trait Inputs {
    /// The values, in the order of the columns.
    fn inputs(&self) -> impl AsRef<[f32]>;
}

impl Inputs for FeatureRow {
    fn inputs(&self) -> impl AsRef<[f32]> {
        self.values()
    }
}

impl Inputs for [f32] {
    fn inputs(&self) -> impl AsRef<[f32]> {
        self
    }
}
