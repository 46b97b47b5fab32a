//! The fit: a logistic hazard with one intercept a stratum and coefficients drawn towards a prior.
//!
//! logit h = a_s + x'b + offset with b_j ~ N(b0_j, 1/λ_j); x is on the model's scale ([`Scaling`]). The estimate maximises
//! the log-likelihood less the penalty, by Newton's method: (X'WX + Λ) d = X'(y − h) − Λ(b − b0), with W = h(1 − h), and the
//! step halved until the objective does not fall. The inverse of X'WX + Λ is the covariance (the Laplace approximation of
//! the posterior; without a penalty the inverse information). Sources: Singer and Willett, Applied Longitudinal Data
//! Analysis (2003), ch. 11; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), 4.4 and 18.3.
//!
//! The same design and options give the same bits: sums run over blocks of a fixed size, in their order, however many
//! threads there are.

use crate::{Design, Model, Scale, solve::Problem};

/// A normal prior of one number: where it is expected and how firmly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Towards {
    /// The mean.
    pub mean: f64,
    /// One over the variance; 0 says nothing, and leaves the number free.
    pub precision: f64,
}

impl Towards {
    /// No prior.
    pub const FREE: Self = Self { mean: 0.0, precision: 0.0 };

    /// A ridge towards zero.
    #[must_use]
    pub const fn zero(precision: f64) -> Self {
        Self { mean: 0.0, precision }
    }
}

/// In which units coefficients, and so their priors, are counted.
#[derive(Debug, Clone, PartialEq)]
pub enum Scaling {
    /// As the values are, without centring.
    Raw,
    /// In standard deviations from the mean of the rows fitted (population sd, weighted by person-months).
    Training,
    /// On a scale known before, one entry a column: that of the prior the fit is drawn to.
    Given(Vec<Scale>),
}

/// How the intercepts are estimated.
#[derive(Debug, Clone, PartialEq)]
pub enum Intercepts {
    /// Each for itself, without a prior. Every stratum then needs somebody who left and somebody who stayed.
    Free,
    /// Drawn to a common level with a shape: a_s ~ N(m + shape_s, 1/precision) with m free. A stratum that nobody left takes
    /// from the others.
    Pooled {
        /// How firmly; above 0.
        precision: f64,
        /// What strata are expected to differ by, one each; empty for no difference.
        shape: Vec<f64>,
    },
    /// Each with its own prior.
    Prior(Vec<Towards>),
}

/// What to fit. [`FitOptions::ridge`] is the usual start.
#[derive(Debug, Clone, PartialEq)]
pub struct FitOptions {
    /// The units of the coefficients.
    pub scaling: Scaling,
    /// A prior for each column.
    pub coefficients: Vec<Towards>,
    /// How intercepts are estimated.
    pub intercepts: Intercepts,
    /// Newton steps at most.
    pub most_steps: u32,
}

impl FitOptions {
    /// A ridge of this precision towards zero on standardised columns, intercepts free.
    #[must_use]
    pub fn ridge(columns: usize, precision: f64) -> Self {
        Self {
            scaling: Scaling::Training,
            coefficients: vec![Towards::zero(precision); columns],
            intercepts: Intercepts::Free,
            most_steps: 50,
        }
    }

    /// Maximum likelihood on values as they are.
    #[must_use]
    pub fn unpenalized(columns: usize) -> Self {
        Self { scaling: Scaling::Raw, ..Self::ridge(columns, 0.0) }
    }

    /// The same with other intercepts.
    #[must_use]
    pub fn with_intercepts(self, intercepts: Intercepts) -> Self {
        Self { intercepts, ..self }
    }
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitProblem {
    /// Not one person-month.
    #[error("there are no person-months")]
    NoRows,
    /// Nobody left. [`fit_gated`](crate::fit_gated) then moves a prior instead, and
    /// [`rule_of_three`](crate::rule_of_three) bounds the hazard.
    #[error("nobody left in {person_months} person-months")]
    NoLeavers {
        /// By weight.
        person_months: f64,
    },
    /// Everybody left in their first month on record.
    #[error("everybody left in their only month")]
    AllLeft,
    /// With free intercepts: a stratum in which nobody, or everybody, left.
    #[error(
        "stratum {stratum} has {leavers} leavers in {person_months} person-months, so its intercept has no estimate"
    )]
    StratumWithoutContrast {
        /// Which.
        stratum: usize,
        /// By weight.
        person_months: f64,
        /// By weight.
        leavers: f64,
    },
    /// Without a penalty: a column without spread.
    #[error("{name} is the same everywhere, so its coefficient has no estimate")]
    ConstantColumn {
        /// The column.
        name: String,
    },
    /// Without a penalty: a column that others determine.
    #[error("the columns determine each other, so their coefficients have no estimate")]
    Collinear,
    /// The coefficients grew without end, as they do when inputs tell leavers and stayers apart perfectly.
    #[error("no estimate after {steps} steps: the inputs may tell leavers and stayers apart perfectly")]
    DidNotConverge {
        /// Newton steps taken.
        steps: u32,
    },
    /// Options that do not fit the design.
    #[error("{0}")]
    Options(&'static str),
    /// Numbers beyond what can be computed with.
    #[error("the numbers are too large or too small to compute with")]
    OutOfRange,
}

/// A fit: the model, and how it was reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What was fitted.
    pub model: Model,
    /// Newton steps taken.
    pub steps: u32,
    /// The log-likelihood at the estimate, without the penalty.
    pub log_likelihood: f64,
    /// Half the weighted squares of what coefficients differ from their priors.
    pub penalty: f64,
    /// By weight.
    pub person_months: f64,
    /// By weight.
    pub leavers: f64,
}

/// Fits a model to a design.
///
/// # Errors
/// See [`FitProblem`]. Whatever the design, every number of a model that is returned is finite.
pub fn fit(design: &Design, options: &FitOptions) -> Result<Fit, FitProblem> {
    check_options(design, options)?;
    let by_stratum = design.by_stratum();
    let (months, leavers) = by_stratum.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if months <= 0.0 {
        return Err(FitProblem::NoRows);
    }
    let settled =
        matches!(&options.intercepts, Intercepts::Prior(priors) if priors.iter().all(|one| one.precision > 0.0));
    if !settled {
        if leavers <= 0.0 {
            return Err(FitProblem::NoLeavers { person_months: months });
        }
        if leavers >= months {
            return Err(FitProblem::AllLeft);
        }
    }
    check_strata(options, &by_stratum)?;
    let spreads = design.spreads();
    if let Some(column) =
        (0..design.width()).find(|at| spreads[*at].constant && options.coefficients[*at].precision == 0.0)
    {
        return Err(FitProblem::ConstantColumn { name: design.names()[column].clone() });
    }
    let problem = Problem::new(design, options, &spreads, &by_stratum)?;
    let solved = problem.solve(options.most_steps)?;
    problem.into_fit(solved, (months, leavers))
}

fn check_options(design: &Design, options: &FitOptions) -> Result<(), FitProblem> {
    let sound = |prior: &Towards| prior.mean.abs() <= 1e6 && (0.0..=1e15).contains(&prior.precision);
    if options.coefficients.len() != design.width() {
        return Err(FitProblem::Options("there must be one prior a column"));
    }
    if !options.coefficients.iter().all(sound) {
        return Err(FitProblem::Options("a prior of a coefficient is out of range"));
    }
    match &options.intercepts {
        Intercepts::Free => {}
        Intercepts::Pooled { precision, .. } if !(*precision > 0.0 && *precision <= 1e15) => {
            return Err(FitProblem::Options("intercepts are pooled with a precision above 0"));
        }
        Intercepts::Pooled { shape, .. } if !shape.is_empty() && shape.len() != design.strata().count() => {
            return Err(FitProblem::Options("the shape must have one entry a stratum"));
        }
        Intercepts::Pooled { shape, .. } if !shape.iter().all(|level| level.abs() <= 1e6) => {
            return Err(FitProblem::Options("the shape of the intercepts is out of range"));
        }
        Intercepts::Pooled { .. } => {}
        Intercepts::Prior(priors) if priors.len() != design.strata().count() => {
            return Err(FitProblem::Options("there must be one prior a stratum"));
        }
        Intercepts::Prior(priors) if !priors.iter().all(sound) => {
            return Err(FitProblem::Options("a prior of an intercept is out of range"));
        }
        Intercepts::Prior(_) => {}
    }
    match &options.scaling {
        Scaling::Given(scales) if scales.len() != design.width() || !scales.iter().all(|scale| scale.is_sound()) => {
            Err(FitProblem::Options("there must be one scale a column, with an sd above 0"))
        }
        _ => Ok(()),
    }
}

/// A stratum whose intercept nothing holds must have leavers and stayers.
fn check_strata(options: &FitOptions, by_stratum: &[(f64, f64)]) -> Result<(), FitProblem> {
    let held = |stratum: usize| match &options.intercepts {
        Intercepts::Free => false,
        Intercepts::Pooled { .. } => true,
        Intercepts::Prior(priors) => priors[stratum].precision > 0.0,
    };
    for (stratum, &(person_months, leavers)) in by_stratum.iter().enumerate() {
        if !held(stratum) && (leavers <= 0.0 || leavers >= person_months) {
            return Err(FitProblem::StratumWithoutContrast { stratum, person_months, leavers });
        }
    }
    Ok(())
}
