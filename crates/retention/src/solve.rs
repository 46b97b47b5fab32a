//! Newton's method on a penalised likelihood, in units in which it is well behaved.

use nalgebra::{DMatrix, DVector};

use crate::{
    Design, Fit, FitOptions, FitProblem, Intercepts, Model, ModelProblem, Scale, Scaling, design::Spread, newton::Pass,
};

/// Rows beyond which the first steps are taken on one block in [`PART`].
const LARGE: usize = 100_000;
const PART: usize = 16;

/// The problem in standard units, in which it is always solved because there the numbers have like sizes. Intercepts come
/// first, then coefficients.
pub(crate) struct Problem<'a> {
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

/// Where the steps ended.
struct Top {
    theta: DVector<f64>,
    pass: Pass,
    steps: u32,
}

pub(crate) struct Solved {
    theta: DVector<f64>,
    covariance: DMatrix<f64>,
    steps: u32,
    log_likelihood: f64,
    penalty: f64,
}

impl<'a> Problem<'a> {
    pub fn new(
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
        let (precision, towards) = penalty_of(options, strata, &inner, &wanted);
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

    pub fn solve(&self, most_steps: u32) -> Result<Solved, FitProblem> {
        // Most of the way can be gone on a part of a large design; the rest, and what counts, is done on all of it.
        let coarse = (self.design.rows() > LARGE).then(|| self.climb(&self.start, PART, most_steps, 1e-2));
        let start = match &coarse {
            Some(Ok(near)) => &near.theta,
            _ => &self.start,
        };
        let top = self.climb(start, 1, most_steps, 1e-9)?;
        self.finish(top)
    }

    /// Newton's steps on every `part`th block of rows, until a step is as small as the tolerance.
    fn climb(&self, start: &DVector<f64>, part: usize, most_steps: u32, tolerance: f64) -> Result<Top, FitProblem> {
        let over = |theta: &DVector<f64>| Pass::over(self.design, &self.inner, theta, part);
        let mut theta = start.clone();
        let mut pass = over(&theta);
        let mut objective = pass.log_likelihood - self.penalty(&theta);
        if !objective.is_finite() {
            return Err(FitProblem::OutOfRange);
        }
        for step in 1..=most_steps {
            let gradient = &pass.gradient - &self.precision * (&theta - &self.towards);
            let Some(factor) = factorized(&pass.information + &self.precision) else {
                let lost = FitProblem::DidNotConverge { steps: step - 1 };
                return Err(if step == 1 { FitProblem::Collinear } else { lost });
            };
            let mut newton = factor.solve(&gradient);
            if !newton.iter().all(|number| number.is_finite()) {
                return Err(FitProblem::OutOfRange);
            }
            let (size, scale) = (newton.amax(), 1.0 + theta.amax());
            let mut next = &theta + &newton;
            let mut next_pass = over(&next);
            let mut next_objective = next_pass.log_likelihood - self.penalty(&next);
            // Rounding may make a step of almost nothing look like a loss.
            let allowed = 1e-12 * objective.abs();
            let mut halvings = 0;
            while (next_objective.is_nan() || next_objective < objective - allowed) && halvings < 40 {
                newton *= 0.5;
                next = &theta + &newton;
                next_pass = over(&next);
                next_objective = next_pass.log_likelihood - self.penalty(&next);
                halvings += 1;
            }
            if !next_objective.is_finite() {
                return Err(FitProblem::DidNotConverge { steps: step });
            }
            (theta, pass, objective) = (next, next_pass, next_objective);
            if size <= tolerance * scale {
                return Ok(Top { theta, pass, steps: step });
            }
        }
        Err(FitProblem::DidNotConverge { steps: most_steps })
    }

    fn finish(&self, Top { theta, pass, steps }: Top) -> Result<Solved, FitProblem> {
        let factor = factorized(&pass.information + &self.precision).ok_or(FitProblem::DidNotConverge { steps })?;
        let penalty = self.penalty(&theta);
        Ok(Solved { covariance: factor.inverse(), theta, steps, log_likelihood: pass.log_likelihood, penalty })
    }

    /// From the units it was solved in to those wanted: b per wanted sd, and intercepts at the wanted zero.
    pub fn into_fit(self, solved: Solved, (person_months, leavers): (f64, f64)) -> Result<Fit, FitProblem> {
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

/// The penalty in the units it is solved in: a symmetric matrix, and where it pulls to.
fn penalty_of(options: &FitOptions, strata: usize, inner: &[Scale], wanted: &[Scale]) -> (DMatrix<f64>, DVector<f64>) {
    let total = strata + inner.len();
    let mut precision = DMatrix::zeros(total, total);
    let mut towards = DVector::zeros(total);
    match &options.intercepts {
        Intercepts::Free => {}
        Intercepts::Pooled { precision: pooled, shape } => {
            // Σ (a_s − shape_s − m)² with m at its best: what strata differ by is held, their mean is not.
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
    (precision, towards)
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
