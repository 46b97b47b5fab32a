//! How good scores are: whether they rank, whether they are the size of what happens, and whether they are worth more than
//! knowing nothing or asking people.
//!
//! Functions take probabilities and outcomes of the same length and are `None` where the measure is not defined: lengths
//! that differ, probabilities outside 0 to 1, or outcomes that are all alike.

use serde::{Deserialize, Serialize};

use crate::{
    Design, FitOptions, Row, Strata, Sureness, fit,
    survival::{Observed, kaplan_meier},
};

/// Probabilities are kept this far from 0 and 1 where their logarithm is taken.
const NEAREST: f64 = 1e-15;

pub(crate) fn sound(risks: &[f64], left: &[bool]) -> bool {
    !risks.is_empty() && risks.len() == left.len() && risks.iter().all(|risk| (0.0..=1.0).contains(risk))
}

/// The chance that somebody who left had the higher score than somebody who stayed; ties count half. Scores may be on any
/// scale. (Hanley and McNeil 1982; the Mann–Whitney statistic by ranks.)
#[must_use]
pub fn auc(scores: &[f64], left: &[bool]) -> Option<f64> {
    if scores.len() != left.len() || !scores.iter().all(|score| score.is_finite()) {
        return None;
    }
    let leavers = left.iter().filter(|left| **left).count();
    let stayers = left.len() - leavers;
    if leavers == 0 || stayers == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| scores[*one].total_cmp(&scores[*other]));
    let (mut before, mut twice) = (0_usize, 0.0);
    for tied in order.chunk_by(|one, other| scores[*one] == scores[*other]) {
        let among = tied.iter().filter(|at| left[**at]).count();
        let staying = tied.len() - among;
        twice += among as f64 * (2 * before + staying) as f64;
        before += staying;
    }
    Some(twice / (2.0 * leavers as f64 * stayers as f64))
}

/// The mean squared difference of probability and outcome (Brier 1950); 0 is perfect.
#[must_use]
pub fn brier(risks: &[f64], left: &[bool]) -> Option<f64> {
    let square = |(risk, left): (&f64, &bool)| (risk - f64::from(u8::from(*left))).powi(2);
    sound(risks, left).then(|| risks.iter().zip(left).map(square).sum::<f64>() / risks.len() as f64)
}

/// The mean of −ln of the probability given to what happened; 0 is perfect.
#[must_use]
pub fn log_loss(risks: &[f64], left: &[bool]) -> Option<f64> {
    sound(risks, left)
        .then(|| risks.iter().zip(left).map(|(risk, left)| loss(*risk, *left)).sum::<f64>() / risks.len() as f64)
}

fn loss(risk: f64, left: bool) -> f64 {
    let risk = risk.clamp(NEAREST, 1.0 - NEAREST);
    if left { -risk.ln() } else { -(-risk).ln_1p() }
}

/// How probabilities compare with outcomes: logit P(left) = intercept + slope · logit risk (Cox 1958; Steyerberg, Clinical
/// Prediction Models, 2019, ch. 15).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// 1 is right; below 1 the scores are too extreme, above 1 too timid.
    pub slope: f64,
    /// 0 is right, given the slope.
    pub intercept: f64,
    /// Calibration in the large: the intercept where the slope is held at 1; above 0 more left than was said.
    pub in_the_large: f64,
    /// The standard error of the slope.
    pub slope_error: f64,
}

/// Calibration of probabilities against outcomes. `None` also where scores are all alike, or part leavers from stayers
/// perfectly: then there is no slope.
#[must_use]
pub fn calibration(risks: &[f64], left: &[bool]) -> Option<Calibration> {
    if !sound(risks, left) {
        return None;
    }
    let logit = |risk: f64| {
        let risk = risk.clamp(NEAREST, 1.0 - NEAREST);
        (risk / (1.0 - risk)).ln()
    };
    let mut sloped = Design::new(vec!["logit".to_owned()], Strata::Single).ok()?;
    let mut level = Design::new(Vec::new(), Strata::Single).ok()?;
    for (risk, left) in risks.iter().zip(left) {
        let (logit, leavers) = (logit(*risk), f64::from(u8::from(*left)));
        sloped.push(Row { stratum: 0, values: &[logit as f32], months: 1.0, leavers, offset: 0.0 }).ok()?;
        level.push(Row { stratum: 0, values: &[], months: 1.0, leavers, offset: logit }).ok()?;
    }
    let sloped = fit(&sloped, &FitOptions::unpenalized(1)).ok()?;
    let level = fit(&level, &FitOptions::unpenalized(0)).ok()?;
    Some(Calibration {
        slope: *sloped.model.coefficients().first()?,
        intercept: *sloped.model.intercepts().first()?,
        in_the_large: *level.model.intercepts().first()?,
        slope_error: *sloped.model.standard_errors().get(1)?,
    })
}

/// Some persons with like scores: what was said and what happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationGroup {
    /// How many.
    pub persons: usize,
    /// The mean probability.
    pub expected: f64,
    /// The share that left.
    pub observed: f64,
    /// Wilson's interval of that share.
    pub low: f64,
    /// Its upper bound.
    pub high: f64,
}

/// Persons in order of their scores, divided into so many groups of like size. Groups are never smaller than 20 persons;
/// there are fewer groups then.
#[must_use]
pub fn calibration_groups(
    risks: &[f64],
    left: &[bool],
    groups: usize,
    sureness: Sureness,
) -> Option<Vec<CalibrationGroup>> {
    let groups = groups.min(risks.len() / crate::SMALLEST_GROUP);
    if !sound(risks, left) || groups == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..risks.len()).collect();
    order.sort_by(|one, other| risks[*one].total_cmp(&risks[*other]));
    let group = |at: usize| {
        let members = &order[at * order.len() / groups..(at + 1) * order.len() / groups];
        let leavers = members.iter().filter(|at| left[**at]).count();
        let n = members.len() as f64;
        let (observed, (low, high)) = (leavers as f64 / n, wilson(leavers as f64, n, sureness));
        let expected = members.iter().map(|at| risks[*at]).sum::<f64>() / n;
        CalibrationGroup { persons: members.len(), expected, observed, low, high }
    };
    Some((0..groups).map(group).collect())
}

/// Wilson's score interval (1927) of a share of n > 0.
pub(crate) fn wilson(successes: f64, n: f64, sureness: Sureness) -> (f64, f64) {
    let (p, z) = (successes / n, sureness.z());
    let square = z * z / n;
    let (centre, margin) = (p + square / 2.0, z * (p * (1.0 - p) / n + square / (4.0 * n)).sqrt());
    (((centre - margin) / (1.0 + square)).clamp(0.0, p), ((centre + margin) / (1.0 + square)).clamp(p, 1.0))
}

/// Harrell's concordance: of the pairs in which one was seen leaving before the other did, or while the other was known to
/// stay, the share in which the earlier leaver had the higher score; ties of scores count half. Pairs leaving at the same
/// time do not count. (Harrell, Lee and Mark 1996.) In n ln n steps.
#[must_use]
pub fn concordance(scores: &[f64], observed: &[Observed]) -> Option<f64> {
    let entered_at_start = observed.iter().all(|one| one.entry == 0.0 && one.exit.is_finite());
    if scores.len() != observed.len() || !entered_at_start || !scores.iter().all(|score| score.is_finite()) {
        return None;
    }
    let mut ranked = scores.to_vec();
    ranked.sort_by(f64::total_cmp);
    ranked.dedup();
    let rank = |score: f64| ranked.partition_point(|other| *other < score);
    // Latest first: the tree then holds everybody who stayed longer than those looked at.
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| observed[*other].exit.total_cmp(&observed[*one].exit));
    let mut counts = Counts(vec![0; ranked.len() + 1]);
    let (mut pairs, mut concordant, mut held) = (0.0, 0.0, 0_u64);
    for at_once in order.chunk_by(|one, other| observed[*one].exit == observed[*other].exit) {
        // Who is censored at a time is known to have stayed beyond it.
        for at in at_once.iter().filter(|at| !observed[**at].left) {
            counts.add(rank(scores[*at]));
            held += 1;
        }
        for at in at_once.iter().filter(|at| observed[**at].left) {
            let own = rank(scores[*at]);
            let (below, up_to) = (counts.below(own), counts.below(own + 1));
            pairs += held as f64;
            concordant += below as f64 + 0.5 * (up_to - below) as f64;
        }
        for at in at_once.iter().filter(|at| observed[**at].left) {
            counts.add(rank(scores[*at]));
            held += 1;
        }
    }
    (pairs > 0.0).then(|| concordant / pairs)
}

/// Fenwick's tree of counts.
struct Counts(Vec<u64>);

impl Counts {
    fn add(&mut self, at: usize) {
        let mut at = at + 1;
        while at < self.0.len() {
            self.0[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// How many lie at places before `end`.
    fn below(&self, end: usize) -> u64 {
        let (mut at, mut sum) = (end.min(self.0.len() - 1), 0);
        while at > 0 {
            sum += self.0[at];
            at -= at & at.wrapping_neg();
        }
        sum
    }
}

/// The Brier score at one time with censoring weights (after Graf et al. 1999): who left by then counts S² / G(exit−), who stayed
/// beyond counts (1 − S)² / G(t), who was censored before counts nothing. G is the Kaplan–Meier curve of being censored.
/// `stays` is each person's probability of still being there after `time`.
#[must_use]
pub fn censored_brier(stays: &[f64], observed: &[Observed], time: f64) -> Option<f64> {
    // Whoever left at a time can no longer be censored at it.
    let mirrored: Vec<Observed> = observed
        .iter()
        .map(|one| Observed { left: !one.left, exit: if one.left { one.exit.next_down() } else { one.exit }, ..*one })
        .collect();
    let sound = stays.len() == observed.len() && stays.iter().all(|share| (0.0..=1.0).contains(share));
    if !sound || observed.iter().any(|one| one.entry != 0.0) {
        return None;
    }
    let censoring = kaplan_meier(&mirrored, Sureness::P95).ok()?;
    let just_before = |time: f64| {
        let after = censoring.steps.partition_point(|step| step.time < time);
        after.checked_sub(1).map_or(1.0, |last| censoring.steps[last].survival)
    };
    let mut sum = 0.0;
    for (stays, one) in stays.iter().zip(observed) {
        let (square, weight) = if one.exit > time {
            ((1.0 - stays).powi(2), censoring.at(time))
        } else if one.left {
            (stays.powi(2), just_before(one.exit))
        } else {
            continue;
        };
        if weight <= 0.0 {
            return None;
        }
        sum += square / weight;
    }
    Some(sum / stays.len() as f64)
}

/// The mean over an interval of time of a score given at times, by the trapezoid rule.
#[must_use]
pub fn integrated(scores: &[(f64, f64)]) -> Option<f64> {
    let (first, last) = (scores.first()?, scores.last()?);
    let span = last.0 - first.0;
    let area: f64 = scores.windows(2).map(|pair| 0.5 * (pair[0].1 + pair[1].1) * (pair[1].0 - pair[0].0)).sum();
    (span > 0.0 && scores.is_sorted_by(|one, other| one.0 < other.0)).then(|| area / span)
}
