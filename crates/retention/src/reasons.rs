//! Why a score is what it is. In log-odds the model is a sum, so its parts are the reasons, exactly:
//! c_j = b_j (x_j − reference_j), and Σ c_j is the difference in log-odds to somebody who stands at the reference and has
//! served as long.

use serde::{Deserialize, Serialize};

use crate::{Feature, FeatureRow, Inputs, Model, PredictProblem};

/// How many reasons are shown in each direction.
pub const REASONS_SHOWN: usize = 3;

/// What one input adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The input's name.
    pub name: String,
    /// Its value; `None` where it is not known, and then it adds nothing against what is typical.
    pub value: Option<f64>,
    /// The value it is compared with.
    pub reference: f64,
    /// What it adds in log-odds of leaving in a month.
    pub log_odds: f64,
}

impl Reason {
    /// The same as a factor: 1.3 is "×1.3 odds against a typical colleague". Within e^±700, where it is still a number.
    #[must_use]
    pub fn odds_factor(&self) -> f64 {
        self.log_odds.clamp(-700.0, 700.0).exp()
    }

    /// The feature it is about, in a model of features.
    #[must_use]
    pub fn feature(&self) -> Option<Feature> {
        Feature::named(&self.name)
    }
}

/// All reasons of a score, in the order of the model's columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// One a column.
    pub all: Vec<Reason>,
}

impl Reasons {
    /// The difference in log-odds to the reference: the sum of all.
    #[must_use]
    pub fn log_odds(&self) -> f64 {
        self.all.iter().map(|reason| reason.log_odds).sum()
    }

    /// The strongest reasons that raise the risk, strongest first, among those `shown`; at most [`REASONS_SHOWN`].
    #[must_use]
    pub fn raising(&self, shown: impl Fn(&Reason) -> bool) -> Vec<&Reason> {
        self.strongest(|reason| reason.log_odds > 0.0 && shown(reason))
    }

    /// The strongest reasons that lower the risk, strongest first, among those `shown`; at most [`REASONS_SHOWN`].
    #[must_use]
    pub fn lowering(&self, shown: impl Fn(&Reason) -> bool) -> Vec<&Reason> {
        self.strongest(|reason| reason.log_odds < 0.0 && shown(reason))
    }

    fn strongest(&self, shown: impl Fn(&Reason) -> bool) -> Vec<&Reason> {
        let mut found: Vec<&Reason> = self.all.iter().filter(|reason| shown(reason)).collect();
        // Stable, so that equal ones keep the order of the columns.
        found.sort_by(|one, other| other.log_odds.abs().total_cmp(&one.log_odds.abs()));
        found.truncate(REASONS_SHOWN);
        found
    }
}

/// Whether somebody can act on a reason: only these are shown for a person.
#[must_use]
pub fn is_actionable(reason: &Reason) -> bool {
    reason.feature().is_some_and(|feature| feature.definition().actionable)
}

impl Model {
    /// The reasons of a person's score against a reference; without one, against the training mean.
    ///
    /// # Errors
    /// Inputs, or a reference, that are not the model's.
    pub fn reasons(
        &self,
        inputs: &(impl Inputs + ?Sized),
        reference: Option<&[f32]>,
    ) -> Result<Reasons, PredictProblem> {
        let values = inputs.inputs();
        let values = values.as_ref();
        let x = self.scaled(values).ok_or(PredictProblem::Inputs)?;
        let from = match reference {
            Some(reference) => self.scaled(reference).ok_or(PredictProblem::Inputs)?,
            None => self.parts().typical.clone(),
        };
        let known = |at: usize| (!values[at].is_nan()).then(|| f64::from(values[at]));
        Ok(self.between(&x, &from, known))
    }

    /// The reasons between two points on the model's scale.
    fn between(&self, x: &[f64], from: &[f64], value: impl Fn(usize) -> Option<f64>) -> Reasons {
        let reason = |at: usize| {
            let scale = self.parts().scales[at];
            Reason {
                name: self.names()[at].clone(),
                value: value(at),
                reference: scale.mean + scale.sd * from[at],
                log_odds: self.coefficients()[at] * (x[at] - from[at]),
            }
        };
        Reasons { all: (0..x.len()).map(reason).collect() }
    }

    /// The mean reasons of a group against a reference; the group's drivers. The caller holds the group to
    /// [`SMALLEST_GROUP`](crate::SMALLEST_GROUP), as [`Model::group_risk`] does, and so does this.
    ///
    /// # Errors
    /// A group that is too small, or inputs that are not the model's.
    pub fn group_reasons(&self, persons: &[FeatureRow], reference: Option<&[f32]>) -> Result<Reasons, PredictProblem> {
        if persons.len() < crate::SMALLEST_GROUP {
            return Err(PredictProblem::TooSmall { persons: persons.len() });
        }
        // The mean of the reasons is the reason of the mean, since each is linear. Unknown values count as typical.
        let mut sum = vec![0.0; self.names().len()];
        for person in persons {
            let x = self.scaled(&person.values()).ok_or(PredictProblem::Inputs)?;
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        }
        let n = persons.len() as f64;
        let mean: Vec<f64> = sum.into_iter().map(|sum| sum / n).collect();
        let from = match reference {
            Some(reference) => self.scaled(reference).ok_or(PredictProblem::Inputs)?,
            None => self.parts().typical.clone(),
        };
        let value = |at: usize| {
            let scale = self.parts().scales[at];
            Some(scale.mean + scale.sd * mean[at])
        };
        Ok(self.between(&mean, &from, value))
    }

    /// Log-odds of leaving in the next month.
    ///
    /// # Errors
    /// Inputs that are not the model's.
    pub fn monthly_log_odds(&self, months_served: u32, inputs: &(impl Inputs + ?Sized)) -> Result<f64, PredictProblem> {
        let x = self.scaled(inputs.inputs().as_ref()).ok_or(PredictProblem::Inputs)?;
        Ok(self.log_odds(months_served, &x))
    }
}
