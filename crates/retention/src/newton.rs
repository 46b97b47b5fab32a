//! One pass over a design: log-likelihood, gradient and information at given parameters.

use nalgebra::{DMatrix, DVector};

use crate::{Design, Scale};

/// Rows summed together before sums are added up. Fixed, so that results do not depend on how many threads there are.
const BLOCK: usize = 4_096;

/// What a pass found. Intercepts come first, then coefficients.
pub(crate) struct Pass {
    pub log_likelihood: f64,
    pub gradient: DVector<f64>,
    pub information: DMatrix<f64>,
}

/// Sums over some rows: the lower triangle of the coefficients' information by rows, the mixed part by stratum, and the
/// intercepts' diagonal.
#[derive(Clone)]
struct Sums {
    log_likelihood: f64,
    gradient: Vec<f64>,
    intercepts: Vec<f64>,
    mixed: Vec<f64>,
    coefficients: Vec<f64>,
}

impl Sums {
    fn nothing(strata: usize, width: usize) -> Self {
        Self {
            log_likelihood: 0.0,
            gradient: vec![0.0; strata + width],
            intercepts: vec![0.0; strata],
            mixed: vec![0.0; strata * width],
            coefficients: vec![0.0; width * width],
        }
    }

    fn add(&mut self, other: &Self) {
        self.log_likelihood += other.log_likelihood;
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.gradient, &other.gradient);
        add(&mut self.intercepts, &other.intercepts);
        add(&mut self.mixed, &other.mixed);
        add(&mut self.coefficients, &other.coefficients);
    }

    fn clear(&mut self) {
        self.log_likelihood = 0.0;
        for part in [&mut self.gradient, &mut self.intercepts, &mut self.mixed, &mut self.coefficients] {
            part.fill(0.0);
        }
    }
}

impl Pass {
    /// At most as many threads as the machine has work for; small designs run on one. Of every `part` blocks one is summed,
    /// and counts for all of them.
    pub fn over(design: &Design, scales: &[Scale], theta: &DVector<f64>, part: usize) -> Self {
        let (strata, width) = (design.strata().count(), design.width());
        let blocks = design.rows().div_ceil(BLOCK).div_ceil(part);
        // Multiplying is several times as fast as dividing.
        let units: Vec<Scale> = scales.iter().map(|scale| Scale { mean: scale.mean, sd: 1.0 / scale.sd }).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(blocks / 8 + 1).min(8);
        // Blocks are dealt out in groups, and the groups' sums are added in order. How many groups there are depends on
        // the rows alone.
        let groups = blocks.min(32);
        let mut parts: Vec<Option<Sums>> = vec![None; groups];
        let run = |group: usize| {
            let mut sum = Sums::nothing(strata, width);
            let mut block = sum.clone();
            let mut x = vec![0.0; width];
            for at in group * blocks / groups..(group + 1) * blocks / groups {
                block.clear();
                let first = at * part * BLOCK;
                for row in first..(first + BLOCK).min(design.rows()) {
                    add_row(&mut block, design, row, &units, theta.as_slice(), &mut x);
                }
                sum.add(&block);
            }
            sum
        };
        if threads == 1 {
            for (group, part) in parts.iter_mut().enumerate() {
                *part = Some(run(group));
            }
        } else {
            std::thread::scope(|scope| {
                let each = groups.div_ceil(threads);
                for (first, share) in parts.chunks_mut(each).enumerate() {
                    let run = &run;
                    scope.spawn(move || {
                        for (at, part) in share.iter_mut().enumerate() {
                            *part = Some(run(first * each + at));
                        }
                    });
                }
            });
        }
        let mut sum = Sums::nothing(strata, width);
        parts.iter().flatten().for_each(|part| sum.add(part));
        let mut pass = sum.into_pass(strata, width);
        if part > 1 {
            pass.log_likelihood *= part as f64;
            pass.gradient *= part as f64;
            pass.information *= part as f64;
        }
        pass
    }
}

/// h, and ln(1 + e^η) = −ln(1 − h), without overflow.
pub(crate) fn hazard(log_odds: f64) -> (f64, f64) {
    if log_odds > 0.0 {
        let rest = (-log_odds).exp();
        (1.0 / (1.0 + rest), log_odds + rest.ln_1p())
    } else {
        let odds = log_odds.exp();
        (odds / (1.0 + odds), odds.ln_1p())
    }
}

/// `units` are scales with one over the sd.
fn add_row(sums: &mut Sums, design: &Design, row: usize, units: &[Scale], theta: &[f64], x: &mut [f64]) {
    let (months, leavers) = design.weight(row);
    if months == 0.0 {
        return;
    }
    let (strata, width) = (sums.intercepts.len(), x.len());
    let stratum = design.stratum(row);
    let mut log_odds = theta[stratum] + design.offset(row);
    for (((x, value), unit), coefficient) in x.iter_mut().zip(design.row(row)).zip(units).zip(&theta[strata..]) {
        *x = if value.is_nan() { 0.0 } else { (f64::from(*value) - unit.mean) * unit.sd };
        log_odds += *x * coefficient;
    }
    let (h, stays) = hazard(log_odds);
    // y ln h + (n − y) ln(1 − h), with ln h = η + ln(1 − h).
    sums.log_likelihood += leavers * log_odds - months * stays;
    let residual = leavers - months * h;
    let weight = months * h * (1.0 - h);
    sums.gradient[stratum] += residual;
    sums.intercepts[stratum] += weight;
    let (gradient, mixed) = (&mut sums.gradient[strata..], &mut sums.mixed[stratum * width..(stratum + 1) * width]);
    for ((at, x_at), (gradient, mixed)) in x.iter().enumerate().zip(gradient.iter_mut().zip(mixed)) {
        *gradient += residual * x_at;
        let weighted = weight * x_at;
        *mixed += weighted;
        let triangle = &mut sums.coefficients[at * width..at * width + at + 1];
        for (sum, other) in triangle.iter_mut().zip(x.iter()) {
            *sum += weighted * other;
        }
    }
}

impl Sums {
    fn into_pass(self, strata: usize, width: usize) -> Pass {
        let mut information = DMatrix::zeros(strata + width, strata + width);
        for stratum in 0..strata {
            information[(stratum, stratum)] = self.intercepts[stratum];
            for column in 0..width {
                let mixed = self.mixed[stratum * width + column];
                information[(stratum, strata + column)] = mixed;
                information[(strata + column, stratum)] = mixed;
            }
        }
        for row in 0..width {
            for column in 0..=row {
                let sum = self.coefficients[row * width + column];
                information[(strata + row, strata + column)] = sum;
                information[(strata + column, strata + row)] = sum;
            }
        }
        Pass { log_likelihood: self.log_likelihood, gradient: DVector::from_vec(self.gradient), information }
    }
}
