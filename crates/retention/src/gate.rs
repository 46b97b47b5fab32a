//! How much an organization's own leavers allow to be said.
//!
//! | own leavers | model | shown |
//! |---|---|---|
//! | fewer than 20 | the prior with an intercept of one's own | groups only |
//! | 20 to 49 | slopes of one's own, drawn to the prior (λ = 30) | groups only |
//! | 50 and more, calibration slope within 0.8–1.25 on the last year | the same | persons *may* be switched on |
//!
//! The gate says what may be switched on; it switches nothing on. The last step needs an admin, a recorded legal basis and
//! a reference to the agreement, which are not the business of this crate.

use serde::{Deserialize, Serialize};

use crate::{
    Design, FitOptions, FitProblem, Intercepts, Model, Prior, Row, Scaling, Strata, Towards, fit, quality::Calibration,
};

/// Own leavers from which slopes are fitted.
pub const SLOPES_FROM: u64 = 20;

/// Own leavers from which persons may be scored.
pub const PERSONS_FROM: u64 = 50;

/// How firmly own slopes are drawn to the prior (λ, a standardised coefficient).
pub const PRIOR_WEIGHT: f64 = 30.0;

/// Calibration slopes with which persons may be scored.
pub const CALIBRATED: std::ops::RangeInclusive<f64> = 0.8..=1.25;

/// How much may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Gate {
    /// The prior with an intercept of one's own; groups only.
    PriorOnly,
    /// Slopes of one's own; groups only.
    GroupsOnly,
    /// Slopes of one's own; the view of persons may be switched on.
    PersonsPossible,
}

impl Gate {
    /// The gate for so many leavers of one's own, and the calibration on the last year where it could be found.
    #[must_use]
    pub fn of(leavers: u64, last_year: Option<&Calibration>) -> Self {
        let calibrated = last_year.is_some_and(|found| CALIBRATED.contains(&found.slope));
        match leavers {
            0..SLOPES_FROM => Self::PriorOnly,
            PERSONS_FROM.. if calibrated => Self::PersonsPossible,
            _ => Self::GroupsOnly,
        }
    }

    /// Whether slopes are one's own.
    #[must_use]
    pub fn has_own_slopes(self) -> bool {
        self > Self::PriorOnly
    }
}

/// A model as the gate allows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gated {
    /// The model.
    pub model: Model,
    /// Whether slopes are the organization's own, or the prior's.
    pub own_slopes: bool,
    /// Own leavers.
    pub leavers: u64,
    /// Own person-months.
    pub person_months: u64,
    /// Where nobody left: the largest hazard a month that this is compatible with (the rule of three). The intercept then
    /// rests on the prior as much as on the months without a leaver.
    pub at_most: Option<f64>,
}

/// The bound of a hazard a month, 95 per cent one-sided, when nobody left in so many months: 1 − .05^(1/n), which is about
/// 3/n (Hanley and Lippman-Hand 1983). 1 for no months.
#[must_use]
pub fn rule_of_three(person_months: f64) -> f64 {
    if person_months > 0.0 { -(0.05_f64.ln() / person_months).exp_m1() } else { 1.0 }
}

/// Fits what the gate allows to an organization's own person-months.
///
/// Below [`SLOPES_FROM`] leavers only the level moves: logit h = prior + u with u ~ N(0, level sd²), which has an answer even
/// where nobody left. From there on coefficients are drawn to the prior with [`PRIOR_WEIGHT`], and intercepts to its shape
/// around a level that is free.
///
/// # Errors
/// A design that is not [`Design::of_features`] or has no rows, a prior that is not one of features, or no estimate.
pub fn fit_gated(design: &Design, prior: &Prior) -> Result<Gated, FitProblem> {
    let base = prior.model_at(0.0, 0.0).map_err(|_| FitProblem::Options("the prior is not one of features"))?;
    if design.names() != base.names() || design.strata() != Strata::Tenure {
        return Err(FitProblem::Options("the design is not one of features in tenure bands"));
    }
    let sound = |sd: f64| sd > 0.0 && sd <= 1e6;
    if !sound(prior.level_sd) || !sound(prior.shape_sd) {
        return Err(FitProblem::Options("a spread of the prior is out of range"));
    }
    let (months, leavers) = (design.person_months(), design.leavers());
    let own_slopes = leavers >= SLOPES_FROM as f64;
    let model = if own_slopes {
        let options = FitOptions {
            scaling: Scaling::Given(prior.scales()),
            coefficients: prior.held(PRIOR_WEIGHT),
            intercepts: Intercepts::Pooled {
                precision: 1.0 / (prior.shape_sd * prior.shape_sd),
                shape: prior.intercepts.clone(),
            },
            most_steps: 50,
        };
        fit(design, &options)?.model
    } else {
        let (level, variance) = own_level(design, &base, prior.level_sd)?;
        prior.model_at(level, variance).map_err(|_| FitProblem::OutOfRange)?
    };
    let at_most = (leavers <= 0.0).then(|| rule_of_three(months));
    Ok(Gated { model, own_slopes, leavers: leavers as u64, person_months: months as u64, at_most })
}

/// The level an organization lies above the prior, and its variance.
fn own_level(design: &Design, base: &Model, level_sd: f64) -> Result<(f64, f64), FitProblem> {
    let mut level = Design::new(Vec::new(), Strata::Single).map_err(|_| FitProblem::OutOfRange)?;
    for at in 0..design.rows() {
        let x = base.scaled(design.row(at)).ok_or(FitProblem::OutOfRange)?;
        let slope: f64 = x.iter().zip(base.coefficients()).map(|(x, coefficient)| x * coefficient).sum();
        let offset = base.intercepts()[design.stratum(at)] + slope;
        let (months, leavers) = design.weight(at);
        let row = Row { stratum: 0, values: &[], months, leavers, offset };
        level.push(row).map_err(|_| FitProblem::OutOfRange)?;
    }
    let drawn = vec![Towards::zero(1.0 / (level_sd * level_sd))];
    let options = FitOptions::ridge(0, 0.0).with_intercepts(Intercepts::Prior(drawn));
    let model = fit(&level, &options)?.model;
    Ok((model.intercepts()[0], model.standard_errors()[0].powi(2)))
}
