//! The fit: a logistic hazard with one intercept a stratum and coefficients drawn towards a prior.
//!
//! logit h = a_s + x'b + offset with b_j ~ N(b0_j, 1/λ_j); x is on the model's scale ([`Scaling`]). The estimate maximises
//! the log-likelihood less the penalty, by Newton's method: (X'WX + Λ) d = X'(y − h) − Λ(b − b0), with W = h(1 − h), and the
//! step halved until the objective does not fall. The inverse of X'WX + Λ is the covariance (the Laplace approximation of
//! the posterior; without a penalty the inverse information). Sources: Singer and Willett, Applied Longitudinal Data
//! Analysis (2003), ch. 11; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), 4.4 and 18.4.
//!
//! The same design and options give the same bits: sums run over blocks of a fixed size, in their order, however many
//! threads there are.

use nalgebra::{DMatrix, DVector};

use crate::{Design, Model, ModelProblem, Scale, design::Spread, newton::Pass};

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
    if !(months > 0.0) {
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

/// The problem in standard units, in which it is always solved because there the numbers have like sizes. Intercepts come
/// first, then coefficients.
struct Problem<'a> {
    design: &'a Design,
    /// The units the result is wanted in.
    wanted: Vec<Scale>,
    /// The units it is solved in.
    inner: Vec<Scale>,
    /// The penalty: a symmetric matrix, and where it pulls to.
    precision: DMatrix<f64>,
    towards: DVector<f64>,
    start: DVector<f64>,
}

struct Solved {
    theta: DVector<f64>,
    covariance: DMatrix<f64>,
    steps: u32,
    log_likelihood: f64,
    penalty: f64,
}

impl<'a> Problem<'a> {
    fn new(
        design: &'a Design,
        options: &FitOptions,
        spreads: &[Spread],
        by_stratum: &[(f64, f64)],
    ) -> Result<Self, FitProblem> {
        let (strata, width) = (by_stratum.len(), design.width());
        let training: Vec<Scale> = spreads.iter().map(|spread| spread.scale).collect();
        let wanted = match &options.scaling {
            // An unknown value has no contribution where the mean is the zero; raw values keep their zero, and unknown
            // ones take the mean of the training rows.
            Scaling::Raw => vec![Scale::RAW; width],
            Scaling::Training => training.clone(),
            Scaling::Given(scales) => scales.clone(),
        };
        // Coefficients are solved for per training sd, but around the wanted zero, so that intercepts mean the same. Only
        // raw values are centred as well, for the sake of the numbers.
        let inner: Vec<Scale> = (0..width)
            .map(|at| match &options.scaling {
                Scaling::Given(scales) => Scale { mean: scales[at].mean, sd: training[at].sd },
                Scaling::Raw | Scaling::Training => training[at],
            })
            .collect();
        let centred_intercepts = matches!(options.scaling, Scaling::Raw);
        if centred_intercepts && !matches!(options.intercepts, Intercepts::Free) {
            return Err(FitProblem::Options("priors of intercepts need a scale with a zero of its own"));
        }
        let total = strata + width;
        let mut precision = DMatrix::zeros(total, total);
        let mut towards = DVector::zeros(total);
        match &options.intercepts {
            Intercepts::Free => {}
            Intercepts::Pooled { precision: pooled, shape } => {
                towards.iter_mut().zip(shape).for_each(|(towards, level)| *towards = *level);
                for (row, column) in (0..strata).flat_map(|row| (0..strata).map(move |column| (row, column))) {
                    let own = f64::from(u8::from(row == column));
                    precision[(row, column)] = pooled * (own - 1.0 / strata as f64);
                }
            }
            Intercepts::Prior(priors) => {
                for (at, prior) in priors.iter().enumerate() {
                    (precision[(at, at)], towards[at]) = (prior.precision, prior.mean);
                }
            }
        }
        for (at, prior) in options.coefficients.iter().enumerate() {
            let ratio = inner[at].sd / wanted[at].sd;
            precision[(strata + at, strata + at)] = prior.precision / (ratio * ratio);
            towards[strata + at] = prior.mean * ratio;
        }
        let mut start = towards.clone();
        // Half a leaver keeps the start finite where nobody left.
        let overall = by_stratum.iter().fold((0.5, 1.0), |sum, one| (sum.0 + one.1, sum.1 + one.0));
        for (at, &(months, leavers)) in by_stratum.iter().enumerate() {
            let rate = (leavers + overall.0 / overall.1) / (months + 1.0);
            start[at] = (rate / (1.0 - rate)).ln().clamp(-15.0, 15.0);
        }
        let finite = precision.iter().chain(&towards).chain(&start).all(|number| number.is_finite());
        let problem = Self { design, wanted, inner, precision, towards, start };
        if finite { Ok(problem) } else { Err(FitProblem::OutOfRange) }
    }

    fn penalty(&self, theta: &DVector<f64>) -> f64 {
        let away = theta - &self.towards;
        0.5 * away.dot(&(&self.precision * &away))
    }

    fn solve(&self, most_steps: u32) -> Result<Solved, FitProblem> {
        let mut theta = self.start.clone();
        let mut pass = Pass::over(self.design, &self.inner, &theta);
        let mut objective = pass.log_likelihood - self.penalty(&theta);
        if !objective.is_finite() {
            return Err(FitProblem::OutOfRange);
        }
        for step in 1..=most_steps {
            let gradient = &pass.gradient - &self.precision * (&theta - &self.towards);
            let Some(factor) = factorized(&pass.information + &self.precision) else {
                return Err(if step == 1 {
                    FitProblem::Collinear
                } else {
                    FitProblem::DidNotConverge { steps: step - 1 }
                });
            };
            let mut newton = factor.solve(&gradient);
            if !newton.iter().all(|number| number.is_finite()) {
                return Err(FitProblem::OutOfRange);
            }
            let (size, scale) = (newton.amax(), 1.0 + theta.amax());
            let mut next = &theta + &newton;
            let mut next_pass = Pass::over(self.design, &self.inner, &next);
            let mut next_objective = next_pass.log_likelihood - self.penalty(&next);
            // Rounding may make a step of almost nothing look like a loss.
            let allowed = 1e-12 * objective.abs();
            let mut halvings = 0;
            while !(next_objective >= objective - allowed) && halvings < 40 {
                newton *= 0.5;
                next = &theta + &newton;
                next_pass = Pass::over(self.design, &self.inner, &next);
                next_objective = next_pass.log_likelihood - self.penalty(&next);
                halvings += 1;
            }
            if !next_objective.is_finite() {
                return Err(FitProblem::DidNotConverge { steps: step });
            }
            (theta, pass, objective) = (next, next_pass, next_objective);
            if size <= 1e-9 * scale {
                return self.finish(theta, &pass, step);
            }
        }
        Err(FitProblem::DidNotConverge { steps: most_steps })
    }

    fn finish(&self, theta: DVector<f64>, pass: &Pass, steps: u32) -> Result<Solved, FitProblem> {
        let factor = factorized(&pass.information + &self.precision).ok_or(FitProblem::DidNotConverge { steps })?;
        let penalty = self.penalty(&theta);
        Ok(Solved { covariance: factor.inverse(), theta, steps, log_likelihood: pass.log_likelihood, penalty })
    }

    /// From the units it was solved in to those wanted: b per wanted sd, and intercepts at the wanted zero.
    fn into_fit(self, solved: Solved, (person_months, leavers): (f64, f64)) -> Result<Fit, FitProblem> {
        let (strata, width) = (self.design.strata().count(), self.design.width());
        let mut change = DMatrix::identity(strata + width, strata + width);
        for column in 0..width {
            let (inner, wanted) = (self.inner[column], self.wanted[column]);
            change[(strata + column, strata + column)] = wanted.sd / inner.sd;
            for stratum in 0..strata {
                change[(stratum, strata + column)] = (wanted.mean - inner.mean) / inner.sd;
            }
        }
        let theta = &change * solved.theta;
        let covariance = &change * solved.covariance * change.transpose();
        // A missing value in a raw design was taken to be the mean; the model keeps that mean for those it scores.
        let typical = self.inner.iter().zip(&self.wanted).map(|(inner, wanted)| (inner.mean - wanted.mean) / wanted.sd);
        let model = Model::from_estimate(
            self.design,
            self.wanted.clone(),
            typical.collect(),
            theta.as_slice(),
            covariance.as_slice(),
        );
        let model = model.map_err(|_: ModelProblem| FitProblem::OutOfRange)?;
        let Solved { steps, log_likelihood, penalty, .. } = solved;
        Ok(Fit { model, steps, log_likelihood, penalty, person_months, leavers })
    }
}

/// The Cholesky factor, unless the matrix is, within rounding, not positive definite: a pivot that lost twelve digits of
/// its diagonal element was determined by the columns before it.
fn factorized(matrix: DMatrix<f64>) -> Option<nalgebra::Cholesky<f64, nalgebra::Dyn>> {
    let diagonal = matrix.diagonal();
    if !matrix.iter().all(|number| number.is_finite()) {
        return None;
    }
    let factor = matrix.cholesky()?;
    let lower = factor.l_dirty();
    (0..diagonal.len()).all(|at| lower[(at, at)].powi(2) > 1e-12 * diagonal[at]).then_some(factor)
}
