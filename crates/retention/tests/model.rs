//! What must hold of every fit and every score.

#![expect(clippy::unwrap_used, reason = "tests")]

use hearten_retention::{
    Design, Feature, FeatureRow, FitOptions, Horizon, Intercepts, Model, ModelParts, PredictProblem, RiskLevel, Row,
    SMALLEST_GROUP, Scale, Scaling, Strata, Sureness, Towards, fit, is_actionable,
};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};

/// A model of three inputs in the tenure bands.
fn model() -> impl Strategy<Value = Model> {
    let numbers = |count: usize, size: f64| prop::collection::vec(-size..size, count);
    (numbers(9, 6.0), numbers(3, 2.0), numbers(144, 0.3), numbers(3, 50.0), prop::collection::vec(0.1..9.0, 3))
        .prop_map(|(intercepts, coefficients, root, means, sds)| {
            let of = |row: usize, column: usize| (0..12).map(|at| root[row * 12 + at] * root[column * 12 + at]).sum();
            let scales = means.into_iter().zip(sds).map(|(mean, sd)| Scale { mean, sd }).collect();
            Model::try_from(ModelParts {
                names: ["one", "two", "three"].map(str::to_owned).to_vec(),
                strata: Strata::Tenure,
                scales,
                typical: vec![0.0; 3],
                intercepts,
                coefficients,
                covariance: (0..144).map(|at| of(at / 12, at % 12)).collect(),
            })
            .unwrap()
        })
}

fn inputs() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(prop_oneof![9 => -60.0_f32..60.0, 1 => Just(f32::NAN)], 3)
}

/// The probability as the definition reads, with every parameter moved by what is given.
fn risk_by_definition(model: &Model, served: u32, values: &[f32], months: u32, moved: &[f64]) -> f64 {
    let parts = model.parts();
    let x: Vec<f64> = (0..values.len())
        .map(|at| match values[at] {
            value if value.is_nan() => 0.0,
            value => (f64::from(value) - parts.scales[at].mean) / parts.scales[at].sd,
        })
        .collect();
    let stays = (served + 1..=served + months).map(|month| {
        let band = Strata::Tenure.of_month(month);
        let slopes = (0..x.len()).map(|at| x[at] * (parts.coefficients[at] + moved[9 + at]));
        1.0 / (1.0 + (parts.intercepts[band] + moved[band] + slopes.sum::<f64>()).exp())
    });
    1.0 - stays.product::<f64>()
}

proptest! {
    #[test]
    fn reasons_sum_to_the_difference(model in model(), x in inputs(), reference in inputs(), served in 0_u32..100) {
        for reference in [None, Some(reference.as_slice())] {
            let reasons = model.reasons(x.as_slice(), reference).unwrap();
            let typical: Vec<f32> = vec![f32::NAN; 3];
            let own = model.monthly_log_odds(served, x.as_slice()).unwrap();
            let other = model.monthly_log_odds(served, reference.unwrap_or(&typical)).unwrap();
            prop_assert!((reasons.log_odds() - (own - other)).abs() < 1e-9);
            for reason in &reasons.all {
                let factor = reason.odds_factor();
                prop_assert!(factor.is_finite() && factor > 0.0);
                prop_assert!(reason.log_odds.abs() > 700.0 || (factor.ln() - reason.log_odds).abs() < 1e-9);
            }
            let (up, down) = (reasons.raising(|_| true), reasons.lowering(|_| true));
            prop_assert!(up.iter().all(|reason| reason.log_odds > 0.0) && down.iter().all(|reason| reason.log_odds < 0.0));
            prop_assert!(up.is_sorted_by(|one, other| one.log_odds >= other.log_odds));
            prop_assert!(down.is_sorted_by(|one, other| one.log_odds <= other.log_odds));
        }
    }

    #[test]
    fn risks_are_what_the_definition_says(model in model(), x in inputs(), served in 0_u32..90, months in 1_u32..24) {
        let still = [0.0; 12];
        let expected = risk_by_definition(&model, served, &x, months, &still);
        let found = model.evaluation_risks([(served, x.as_slice())], Horizon::Months(months)).unwrap()[0];
        prop_assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
        let risk = model.risk(served, x.as_slice(), Horizon::Months(months), Sureness::P95).unwrap();
        prop_assert!(0.0 <= risk.low() && risk.low() <= found && found <= risk.high() && risk.high() <= 1.0);
        let narrower = model.risk(served, x.as_slice(), Horizon::Months(months), Sureness::P80).unwrap();
        prop_assert!(risk.low() <= narrower.low() && narrower.high() <= risk.high());
        let later = model.risk(served, x.as_slice(), Horizon::Months(months + 1), Sureness::P95).unwrap();
        prop_assert!(later.high() >= found, "risks grow with time");
    }

    /// The band against derivatives taken by moving every parameter a little.
    #[test]
    fn bands_follow_from_the_covariance(
        model in model(),
        away in prop::collection::vec(-1.2_f64..1.2, 3),
        served in 0_u32..90,
    ) {
        let x: Vec<f32> =
            away.iter().zip(&model.parts().scales).map(|(away, scale)| (scale.mean + away * scale.sd) as f32).collect();
        let logit = |moved: &[f64]| {
            let risk = risk_by_definition(&model, served, &x, 12, moved);
            (risk / (1.0 - risk)).ln()
        };
        let centre = logit(&[0.0; 12]);
        // Beyond this the definition itself loses its digits.
        prop_assume!(centre.abs() < 12.0);
        let slope = |at: usize| {
            let mut moved = [0.0; 12];
            moved[at] = 1e-5;
            let above = logit(&moved);
            moved[at] = -1e-5;
            (above - logit(&moved)) / 2e-5
        };
        let slopes: Vec<f64> = (0..12).map(slope).collect();
        let covariance = &model.parts().covariance;
        let variance: f64 = (0..144).map(|at| slopes[at / 12] * covariance[at] * slopes[at % 12]).sum();
        let risk = model.risk(served, x.as_slice(), Horizon::TwelveMonths, Sureness::P95).unwrap();
        let wide = (risk.high() / (1.0 - risk.high())).ln() - centre;
        prop_assume!(risk.high() < 1.0 - 1e-9);
        let expected = Sureness::P95.z() * variance.sqrt();
        prop_assert!((wide - expected).abs() < 1e-3 * (1.0 + expected), "{wide} for {expected}");
    }

    #[test]
    fn a_group_is_the_mean_of_its_persons(model in model(), persons in prop::collection::vec((0_u32..90, inputs()), 15..40)) {
        let each = || persons.iter().map(|(served, x)| (*served, x.as_slice()));
        let found = model.group_risk(each(), Horizon::TwelveMonths, Sureness::P80);
        if persons.len() < SMALLEST_GROUP {
            prop_assert_eq!(found, Err(PredictProblem::TooSmall { persons: persons.len() }));
            return Ok(());
        }
        let found = found.unwrap();
        let risks = model.evaluation_risks(each(), Horizon::TwelveMonths).unwrap();
        let mean = risks.iter().sum::<f64>() / risks.len() as f64;
        prop_assert!((found.share - mean).abs() < 1e-12);
        prop_assert!((found.expected_leavers() - risks.iter().sum::<f64>()).abs() < 1e-9);
        prop_assert!(found.seen_low <= found.low && found.low <= mean && mean <= found.high && found.high <= found.seen_high);
        prop_assert!(0.0 <= found.seen_low && found.seen_high <= 1.0);
    }

    #[test]
    fn a_model_survives_being_stored(model in model()) {
        let stored = serde_json::to_string(&model).unwrap();
        let back: Model = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(back.standard_errors().len(), 12);
        prop_assert!(back.coefficients().iter().zip(model.coefficients()).all(|(one, other)| (one - other).abs() < 1e-12));
    }
}

/// Values a careless source may send.
fn odd_value() -> impl Strategy<Value = f32> {
    prop_oneof![
        6 => -3.0_f32..3.0,
        2 => Just(1.0_f32),
        1 => Just(f32::NAN),
        1 => Just(f32::MAX),
        1 => Just(f32::MIN_POSITIVE),
        1 => Just(-1e30_f32),
        1 => Just(f32::INFINITY),
    ]
}

fn odd_row() -> impl Strategy<Value = (usize, Vec<f32>, f64, f64, f64)> {
    let weight = prop_oneof![6 => Just(1.0), 1 => Just(0.0), 1 => Just(1e9), 1 => Just(1e-300), 1 => Just(f64::NAN), 1 => Just(-1.0)];
    let offset = prop_oneof![6 => Just(0.0), 1 => Just(5.0), 1 => Just(-1e300), 1 => Just(f64::NAN)];
    (0_usize..4, prop::collection::vec(odd_value(), 3), weight, prop_oneof![Just(0.0), Just(1.0)], offset)
}

fn odd_options() -> impl Strategy<Value = FitOptions> {
    let precision = || prop_oneof![2 => Just(0.0), 2 => Just(1e-9), 20 => Just(1.0), 20 => Just(30.0), 2 => Just(1e15), 1 => Just(f64::NAN), 1 => Just(-1.0)];
    let towards = move || {
        (prop_oneof![Just(0.0), Just(1.5), Just(-1e6)], precision())
            .prop_map(|(mean, precision)| Towards { mean, precision })
    };
    let scaling = prop_oneof![
        Just(Scaling::Raw),
        Just(Scaling::Training),
        Just(Scaling::Given(vec![Scale { mean: 1e3, sd: 1e-3 }; 3])),
        Just(Scaling::Given(vec![Scale { mean: 0.0, sd: 0.0 }; 3])),
    ];
    let intercepts = prop_oneof![
        Just(Intercepts::Free),
        precision().prop_map(|precision| Intercepts::Pooled { precision, shape: vec![0.0, -1.0, 2.0] }),
        prop::collection::vec(towards(), 3).prop_map(Intercepts::Prior),
    ];
    (scaling, prop::collection::vec(towards(), 3), intercepts).prop_map(|(scaling, coefficients, intercepts)| {
        FitOptions { scaling, coefficients, intercepts, most_steps: 30 }
    })
}

/// Whatever the design and whatever is asked, what comes back is finite or a typed problem.
#[test]
fn nothing_is_nan_and_nothing_panics() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let fitted = std::cell::Cell::new(0);
    let outcome = runner.run(&(prop::collection::vec(odd_row(), 0..40), odd_options()), |(rows, options)| {
        let names = ["one", "two", "three"].map(str::to_owned).to_vec();
        let mut design = Design::new(names, Strata::Months(3)).unwrap();
        for (stratum, values, months, leavers, offset) in &rows {
            let before = design.person_months();
            let row = Row { stratum: *stratum, values, months: *months, leavers: *leavers, offset: *offset };
            if design.push(row).is_err() {
                prop_assert_eq!(design.person_months(), before);
            }
        }
        let Ok(found) = fit(&design, &options) else { return Ok(()) };
        fitted.set(fitted.get() + 1);
        let numbers = found.model.intercepts().iter().chain(found.model.coefficients()).copied();
        prop_assert!(numbers.chain(found.model.standard_errors()).all(f64::is_finite), "{:?}", found);
        prop_assert!(found.log_likelihood.is_finite() && found.penalty.is_finite());
        for (_, values, ..) in &rows {
            let risk = found.model.risk(7, values.as_slice(), Horizon::TwelveMonths, Sureness::P80);
            if values.iter().any(|value| value.is_infinite()) {
                prop_assert_eq!(risk, Err(PredictProblem::Inputs));
                continue;
            }
            let risk = risk.unwrap();
            prop_assert!(0.0 <= risk.low() && risk.low() <= risk.high() && risk.high() <= 1.0, "{:?}", risk);
            let reasons = found.model.reasons(values.as_slice(), None).unwrap();
            prop_assert!(reasons.all.iter().all(|reason| reason.log_odds.is_finite()));
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(fitted.get() > 200, "only {} designs had a model", fitted.get());
}

#[test]
fn only_reasons_somebody_can_act_on_are_shown() {
    let prior = hearten_retention::Prior::shipped().model_at(0.0, 0.1).unwrap();
    let row = FeatureRow::new(|feature| match feature {
        Feature::MonthsSinceManagerChange => Some(0.0),
        Feature::WeeksSinceOneOnOne => Some(26.0),
        Feature::RecognitionReceived90d => Some(9.0),
        _ => None,
    });
    let row = row.unwrap();
    let reasons = prior.reasons(&row, None).unwrap();
    let names =
        |found: Vec<&hearten_retention::Reason>| found.iter().map(|reason| reason.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(reasons.raising(|_| true)), ["weeks_since_one_on_one", "months_since_manager_change"]);
    assert_eq!(names(reasons.raising(is_actionable)), ["weeks_since_one_on_one"]);
    assert_eq!(names(reasons.lowering(is_actionable)), ["recognition_received_90d"]);
    assert_eq!(reasons.all[Feature::Span as usize].value, None);
    let typical = prior.typical_risk(12, Horizon::TwelveMonths, Sureness::P80);
    assert_eq!(typical.against(&typical), RiskLevel::Typical);
    let group = vec![row; SMALLEST_GROUP];
    let drivers = prior.group_reasons(&group, None).unwrap();
    assert!((drivers.log_odds() - reasons.log_odds()).abs() < 1e-9);
    let shown = format!("{typical:?}");
    assert!(shown.starts_with("Risk(") && !shown.contains("point"), "{shown}");
    assert_eq!(prior.group_reasons(&group[1..], None), Err(PredictProblem::TooSmall { persons: SMALLEST_GROUP - 1 }));
}
