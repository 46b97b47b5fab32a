//! Gates, priors, back-tests, quality and drift.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Draws;
use hearten_retention::{
    CALIBRATED, Caveat, Design, Feature, FeatureRow, Gate, ModelCard, PERSONS_FROM, Prior, SLOPES_FROM, Strata,
    Sureness,
    backtest::{PersonMonth, backtest},
    compare::{Baselines, base_rate, compare},
    drift::{ExpectedObserved, Shift, cusum, psi},
    fit_gated,
    quality::{self, Calibration},
    rule_of_three,
    survival::Observed,
};
use proptest::prelude::*;

fn calibrated(slope: f64) -> Calibration {
    Calibration { slope, intercept: 0.0, in_the_large: 0.0, slope_error: 0.1 }
}

#[test]
fn gates_open_where_they_say() {
    assert_eq!((SLOPES_FROM, PERSONS_FROM), (20, 50));
    let good = calibrated(1.0);
    for (leavers, gate) in [
        (0, Gate::PriorOnly),
        (19, Gate::PriorOnly),
        (20, Gate::GroupsOnly),
        (49, Gate::GroupsOnly),
        (50, Gate::PersonsPossible),
        (u64::MAX, Gate::PersonsPossible),
    ] {
        assert_eq!(Gate::of(leavers, Some(&good)), gate, "{leavers}");
    }
    for (slope, gate) in [
        (0.79, Gate::GroupsOnly),
        (0.8, Gate::PersonsPossible),
        (1.25, Gate::PersonsPossible),
        (1.26, Gate::GroupsOnly),
        (f64::NAN, Gate::GroupsOnly),
    ] {
        assert_eq!(Gate::of(50, Some(&calibrated(slope))), gate, "{slope}");
        assert_eq!(CALIBRATED.contains(&slope), gate == Gate::PersonsPossible);
    }
    assert_eq!(Gate::of(500, None), Gate::GroupsOnly, "not known is not calibrated");
    assert!(!Gate::PriorOnly.has_own_slopes() && Gate::GroupsOnly.has_own_slopes());
}

/// Months of persons whose monthly log-odds are the prior's, moved by `level`, plus `slope` a unit of span.
fn history(persons: u64, months: u32, level: f64, slope: f64, seed: u64) -> Vec<PersonMonth> {
    let mut draws = Draws(seed);
    let prior = Prior::shipped().model_at(level, 0.0).unwrap();
    let mut found = Vec::new();
    for person in 0..persons {
        let joined = draws.below(40) as u32;
        let row = FeatureRow::new(|feature| match feature {
            Feature::Span => Some(draws.share() * 20.0),
            Feature::OpenGoals => Some(draws.share() * 9.0),
            _ => None,
        });
        let row = row.unwrap();
        let apart = slope * (f64::from(row.get(Feature::Span).unwrap()) - 9.0);
        for calendar in 0..months {
            let service = joined + calendar + 1;
            let log_odds = prior.monthly_log_odds(service - 1, &row).unwrap() + apart;
            let left = draws.share() < 1.0 / (1.0 + (-log_odds).exp());
            found.push(PersonMonth { person, calendar, service, row, left });
            if left {
                break;
            }
        }
    }
    found
}

fn design(months: &[PersonMonth]) -> Design {
    let mut design = Design::of_features();
    for month in months {
        design.push_month(month.service, &month.row, month.left).unwrap();
    }
    design
}

#[test]
fn with_few_leavers_only_the_level_moves() {
    let prior = Prior::shipped();
    let base = prior.model_at(0.0, 0.0).unwrap();
    // Twice as many leave as the prior thinks, but fewer than twenty.
    let months = history(60, 12, 0.7, 0.0, 1);
    let few = fit_gated(&design(&months), &prior).unwrap();
    assert!(few.leavers > 5 && few.leavers < SLOPES_FROM && !few.own_slopes, "{}", few.leavers);
    assert_eq!(few.model.coefficients(), base.coefficients());
    let moved: Vec<f64> =
        few.model.intercepts().iter().zip(base.intercepts()).map(|(own, prior)| own - prior).collect();
    assert!(moved.iter().all(|level| (level - moved[0]).abs() < 1e-12) && moved[0] > 0.1, "{moved:?}");
    assert_eq!(few.at_most, None);
    // Nobody: the level falls, as far as so many months can say.
    let stayed: Vec<PersonMonth> = months.iter().map(|month| PersonMonth { left: false, ..*month }).collect();
    let none = fit_gated(&design(&stayed), &prior).unwrap();
    assert!(none.model.intercepts()[0] < base.intercepts()[0]);
    let at_most = none.at_most.unwrap();
    assert!((at_most - rule_of_three(stayed.len() as f64)).abs() < 1e-15 && at_most < 3.0 / stayed.len() as f64);
    assert!(fit_gated(&Design::of_features(), &prior).is_err());
    assert!(fit_gated(&Design::new(vec!["span".to_owned()], Strata::Tenure).unwrap(), &prior).is_err());
    assert_eq!(rule_of_three(0.0), 1.0);
}

#[test]
fn with_more_leavers_slopes_move_from_the_prior_to_the_data() {
    let prior = Prior::shipped();
    let span = |persons: u64| {
        let found = fit_gated(&design(&history(persons, 24, 0.5, 0.1, 2)), &prior).unwrap();
        assert!(found.own_slopes);
        (found.leavers, found.model.coefficients()[Feature::Span as usize])
    };
    let ((some, first), (many, later)) = (span(150), span(6_000));
    // 0.1 a person reporting is 0.5 a standard deviation of the prior's scale, beside the prior's own 0.05.
    assert!(some >= SLOPES_FROM && many > 20 * some, "{some} {many}");
    assert!(first > 0.05 && first < later && (later - 0.55).abs() < 0.1, "{first} {later}");
}

#[test]
fn shipped_prior_is_whole_and_modest() {
    let prior = Prior::shipped();
    assert!(prior.coefficients.iter().map(|one| one.feature).eq(Feature::ALL));
    assert_eq!(prior.intercepts.len(), Strata::Tenure.count());
    for one in &prior.coefficients {
        assert!(one.source.starts_with("judgement"), "{one:?}");
        assert!(one.mean.abs() <= one.sd, "no effect lies within one sd: {one:?}");
        let range = one.feature.definition();
        assert!((f64::from(range.least)..=f64::from(range.most)).contains(&one.scale.mean) && one.scale.sd > 0.0);
    }
    let back: Prior = serde_json::from_str(&serde_json::to_string(&prior).unwrap()).unwrap();
    assert!((back.level_sd - prior.level_sd).abs() < 1e-12);
    let model = prior.model_at(0.0, 0.1).unwrap();
    let again = Prior::from_model("2", "the same", &model, 0.7, 0.5).unwrap();
    assert_eq!(again.held(30.0), prior.held(30.0));
    let broken = Prior { coefficients: prior.coefficients[1..].to_vec(), ..prior };
    assert!(broken.model_at(0.0, 0.1).is_err());
}

/// `docs/RETENTION.md` lists the inputs and the prior as they are.
#[test]
fn the_manual_lists_inputs_and_prior() {
    let manual = include_str!("../../../docs/RETENTION.md");
    let prior = Prior::shipped();
    for one in &prior.coefficients {
        let about = one.feature.definition();
        let acts = if about.actionable { "yes" } else { "no" };
        let source =
            if one.source == "judgement, no data" { "–" } else { one.source.split("as in ").nth(1).unwrap() };
        let row = format!(
            "| `{}` | {} | {acts} | {:.2} ± {:.2} | {} ± {} | {source} |",
            about.name, about.unit, one.mean, one.sd, one.scale.mean, one.scale.sd
        );
        assert!(manual.contains(&row), "{row}");
    }
    let hazard = |intercept: &f64| format!("{:.1}", 100.0 / (1.0 + (-intercept).exp()));
    let hazards: Vec<String> = prior.intercepts.iter().map(hazard).collect();
    let row = format!("| {} |", hazards.join(" | "));
    assert!(manual.contains(&row), "{row}");
    assert!(manual.contains(&format!("version {}", prior.version)));
}

#[test]
fn backtest_fits_on_what_was_known_and_finds_drift() {
    let months = history(3_000, 36, 0.3, 0.05, 3);
    let prior = Prior::shipped();
    let learn = |known: &Design| fit_gated(known, &prior).map(|gated| gated.model);
    let found = backtest(&months, 12, 8, learn).unwrap();
    assert_eq!(found.quarters.len(), 8);
    assert!(found.quarters.is_sorted_by(|one, other| one.trained_on < other.trained_on));
    for (quarter, drift) in found.quarters.iter().zip(&found.drift) {
        let known = months.iter().filter(|month| month.calendar < quarter.begins && month.left).count();
        assert_eq!(quarter.trained_on, known as u64);
        let leavers = quarter.leavers.unwrap();
        let seen =
            months.iter().filter(|month| month.left && (quarter.begins..quarter.begins + 3).contains(&month.calendar));
        assert_eq!(leavers.observed, seen.count());
        assert!(leavers.z().abs() < 3.5 && !drift.signal, "{leavers:?}");
        assert!(quarter.auc.unwrap() > 0.5 && quarter.brier.unwrap() < 0.2);
    }
    let slope = found.last_year.unwrap();
    assert!((slope.slope - 1.0).abs() < 3.0 * slope.slope_error, "{slope:?}");
    // From month 24 on, three times as many leave as the model has learned.
    let mut broken = history(3_000, 24, 0.3, 0.05, 3);
    let late = history(3_000, 36, 1.4, 0.05, 4);
    broken.extend(
        late.into_iter()
            .filter(|month| month.calendar >= 24)
            .map(|month| PersonMonth { person: month.person + 9_000, ..month }),
    );
    let fixed = fit_gated(&design(&history(3_000, 24, 0.3, 0.05, 3)), &prior).unwrap().model;
    let found = backtest(&broken, 12, 8, |_| Ok(fixed.clone())).unwrap();
    assert!(found.drift.iter().take(4).all(|step| !step.signal));
    assert!(found.drift.last().unwrap().signal && found.drift.last().unwrap().above > 5.0);
    // Without anything known there is no model, and the quarter says so.
    let early = backtest(&months, 0, 1, learn).unwrap();
    assert_eq!((early.quarters[0].leavers, early.quarters[0].auc, early.last_year), (None, None, None));
}

#[test]
fn psi_tells_how_far_inputs_moved() {
    let mut draws = Draws(5);
    let before: Vec<f64> = (0..4_000).map(|_| draws.normal()).collect();
    let same: Vec<f64> = (0..4_000).map(|_| draws.normal()).collect();
    let moved = |by: f64| psi(&before, &same.iter().map(|value| value + by).collect::<Vec<_>>(), 10).unwrap();
    assert_eq!(
        (Shift::of(moved(0.0)), Shift::of(moved(0.4)), Shift::of(moved(1.0))),
        (Shift::None, Shift::Some, Shift::Large)
    );
    assert!(psi(&before, &before, 10).unwrap().abs() < 1e-12);
    assert!(psi(&before, &[7.0; 50], 10).unwrap().is_finite());
    assert_eq!(
        (psi(&before, &[1.0; 9], 10), psi(&before, &[f64::NAN; 50], 10), psi(&before, &same, usize::MAX)),
        (None, None, None)
    );
}

#[test]
fn cusum_waits_for_what_lasts() {
    let period = |observed: usize| ExpectedObserved { cases: 1_000, expected: 16.0, observed, variance: 16.0 };
    assert!(cusum(&[16, 20, 12, 18, 14, 22, 10, 16].map(period)).iter().all(|step| !step.signal));
    // One standard deviation more, quarter after quarter: half a deviation a step beyond the slack.
    let steps = cusum(&[period(20); 12]);
    assert_eq!(steps.iter().position(|step| step.signal), Some(10));
    assert!(cusum(&[period(10); 12]).last().unwrap().below > 5.0);
    assert_eq!(period(20).z(), 1.0);
    let (low, high) = period(16).range(Sureness::P95);
    assert!((low - 8.16).abs() < 0.01 && (high - 23.84).abs() < 0.01);
}

#[test]
fn a_model_must_beat_its_baselines() {
    let mut draws = Draws(6);
    let risks: Vec<f64> = (0..3_000).map(|_| draws.share() * 0.4).collect();
    let left: Vec<bool> = risks.iter().map(|risk| draws.share() < *risk).collect();
    let base = base_rate(&left, left.len()).unwrap();
    let better = compare(&risks, &base, &left, Sureness::P95).unwrap();
    assert!(better.beats() && better.skill > 0.0 && better.low <= better.gain && better.gain <= better.high);
    let itself = compare(&base, &base, &left, Sureness::P95).unwrap();
    assert!(!itself.beats() && itself.gain == 0.0);
    let worse = compare(&base, &risks, &left, Sureness::P95).unwrap();
    assert!((worse.gain + better.gain).abs() < 1e-15 && !worse.beats());
    assert!(!Baselines { base_rate: worse, intent: None }.is_worth_showing());
    assert!(Baselines { base_rate: worse, intent: Some(better) }.is_worth_showing());
    assert_eq!(compare(&risks, &base[1..], &left, Sureness::P95), None);
}

#[test]
fn the_card_says_what_must_be_said() {
    let mut draws = Draws(8);
    let risks: Vec<f64> = (0..2_000).map(|_| draws.share() * 0.4).collect();
    let left: Vec<bool> = risks.iter().map(|risk| draws.share() < *risk).collect();
    let base = base_rate(&left, left.len()).unwrap();
    let good = ModelCard {
        version: 3,
        prior: Prior::shipped().version,
        trained_from: 1,
        trained_until: 36,
        persons: 2_000,
        person_months: 40_000,
        leavers: 400,
        gate: Gate::PersonsPossible,
        auc: quality::auc(&risks, &left),
        concordance: None,
        brier: quality::brier(&risks, &left),
        calibration: quality::calibration(&risks, &left),
        baselines: Some(Baselines { base_rate: compare(&risks, &base, &left, Sureness::P95).unwrap(), intent: None }),
        fairness: Vec::new(),
        drift: vec![("span".to_owned(), 0.05)],
        observed_against_expected: None,
    };
    assert_eq!((good.caveats(), good.is_worth_showing()), (Vec::new(), true));
    let nothing = compare(&base, &base, &left, Sureness::P95).unwrap();
    let bad = ModelCard {
        gate: Gate::PriorOnly,
        calibration: None,
        baselines: Some(Baselines { base_rate: nothing, intent: None }),
        drift: vec![("span".to_owned(), 0.3)],
        ..good.clone()
    };
    let expected = [Caveat::BeatsNothing, Caveat::PriorOnly, Caveat::NotCalibrated, Caveat::InputsDrifted];
    assert_eq!((bad.caveats(), bad.is_worth_showing()), (expected.to_vec(), false));
    let unknown = ModelCard { baselines: None, ..good.clone() };
    assert_eq!((unknown.caveats(), unknown.is_worth_showing()), (vec![Caveat::NotCompared], false));
    let back: ModelCard = serde_json::from_str(&serde_json::to_string(&good).unwrap()).unwrap();
    assert_eq!(back.leavers, good.leavers);
}

#[test]
fn calibration_finds_how_extreme_scores_are() {
    let mut draws = Draws(9);
    let truth: Vec<f64> = (0..40_000).map(|_| -2.0 + draws.normal()).collect();
    let left: Vec<bool> = truth.iter().map(|logit| draws.share() < 1.0 / (1.0 + (-logit).exp())).collect();
    let said = |intercept: f64, slope: f64| {
        truth.iter().map(|logit| 1.0 / (1.0 + (-(intercept + slope * logit)).exp())).collect::<Vec<f64>>()
    };
    let right = quality::calibration(&said(0.0, 1.0), &left).unwrap();
    assert!((right.slope - 1.0).abs() < 3.0 * right.slope_error && right.in_the_large.abs() < 0.06, "{right:?}");
    let extreme = quality::calibration(&said(0.0, 2.0), &left).unwrap();
    assert!((extreme.slope - right.slope / 2.0).abs() < 1e-6, "{extreme:?}");
    let low = quality::calibration(&said(-1.0, 1.0), &left).unwrap();
    assert!((low.in_the_large - right.in_the_large - 1.0).abs() < 1e-6, "{low:?}");
    let groups = quality::calibration_groups(&said(0.0, 1.0), &left, 10, Sureness::P95).unwrap();
    assert_eq!((groups.len(), groups.iter().map(|group| group.persons).sum::<usize>()), (10, 40_000));
    assert!(groups.is_sorted_by(|one, other| one.expected < other.expected));
    assert!(groups.iter().filter(|group| (group.low..=group.high).contains(&group.expected)).count() >= 8);
    assert_eq!(quality::calibration(&[0.2; 30], &[false; 30]), None);
    assert_eq!(quality::calibration(&[0.1, 0.9], &[false, true]), None);
    assert_eq!(quality::calibration_groups(&[0.2; 19], &[false; 19], 10, Sureness::P95), None);
    assert_eq!(quality::brier(&[1.5], &[true]), None);
    assert!((quality::log_loss(&[0.5, 0.5], &[true, false]).unwrap() - 2.0_f64.ln()).abs() < 1e-12);
    assert!(quality::log_loss(&[0.0], &[true]).unwrap().is_finite());
}

fn people() -> impl Strategy<Value = Vec<(f64, bool, f64)>> {
    let score = (0_u8..9).prop_map(|score| f64::from(score) / 9.0);
    prop::collection::vec((score, any::<bool>(), (1_u8..12).prop_map(f64::from)), 1..60)
}

proptest! {
    /// Both measures of ranking against counting every pair.
    #[test]
    fn ranking_is_what_counting_pairs_says(people in people()) {
        let scores: Vec<f64> = people.iter().map(|one| one.0).collect();
        let left: Vec<bool> = people.iter().map(|one| one.1).collect();
        let observed: Vec<Observed> = people.iter().map(|one| Observed { entry: 0.0, exit: one.2, left: one.1 }).collect();
        let wins = |one: usize, other: usize| match scores[one].total_cmp(&scores[other]) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let pairs = |counts: &dyn Fn(usize, usize) -> bool| {
            let all = (0..people.len()).flat_map(|one| (0..people.len()).map(move |other| (one, other)));
            let (sum, count) = all.filter(|(one, other)| counts(*one, *other)).fold((0.0, 0.0), |(sum, count), (one, other)| (sum + wins(one, other), count + 1.0));
            (count > 0.0).then(|| sum / count)
        };
        let close = |found: Option<f64>, expected: Option<f64>| match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
            (found, expected) => found == expected,
        };
        prop_assert!(close(quality::auc(&scores, &left), pairs(&|one, other| left[one] && !left[other])));
        let first = |one: usize, other: usize| {
            let (one, other) = (observed[one], observed[other]);
            one.left && (one.exit < other.exit || one.exit == other.exit && !other.left)
        };
        prop_assert!(close(quality::concordance(&scores, &observed), pairs(&first)));
    }
}
