//! What must hold of every fit and every score.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Draws;
use hearten_retention::{
    Design, DesignProblem, Feature, FeatureRow, FitOptions, FitProblem, Horizon, Intercepts, Model, ModelParts,
    PredictProblem, RiskLevel, Row, SMALLEST_GROUP, Scale, Scaling, Spell, Strata, Sureness, Towards, fit,
    is_actionable,
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

/// Persons whose hazard is known: −3.5 in the first three months, −4 afterwards, +0.8 a unit of the first column.
fn simulated(persons: usize, columns: usize, seed: u64) -> Design {
    let mut draws = Draws(seed);
    let names = (0..columns).map(|at| format!("x{at}")).collect();
    let mut design = Design::new(names, Strata::Tenure).unwrap();
    for _ in 0..persons {
        let x: Vec<f32> = (0..columns).map(|_| draws.normal() as f32).collect();
        let mut exit = 30;
        let mut left = false;
        for month in 1..=30_u32 {
            let log_odds = if month <= 3 { -3.5 } else { -4.0 } + 0.8 * f64::from(x[0]);
            if draws.share() < 1.0 / (1.0 + (-log_odds).exp()) {
                (exit, left) = (month, true);
                break;
            }
        }
        design.push_spell(Spell::new(0, exit, left).unwrap(), |_, row| row.copy_from_slice(&x)).unwrap();
    }
    design
}

#[test]
fn what_was_simulated_is_found_again() {
    let design = simulated(20_000, 2, 7);
    let options = FitOptions { scaling: Scaling::Raw, ..FitOptions::ridge(2, 0.0) };
    // Strata beyond month 30 are empty, so only pooling has an answer.
    assert!(matches!(fit(&design, &options), Err(FitProblem::StratumWithoutContrast { stratum: 6, .. })));
    let pooled = FitOptions::ridge(2, 1.0).with_intercepts(Intercepts::Pooled { precision: 1.0, shape: Vec::new() });
    let found = fit(&design, &pooled).unwrap();
    let scale = found.model.parts().scales[0];
    let slope = found.model.coefficients()[0] / scale.sd;
    let error = found.model.standard_errors()[9] / scale.sd;
    assert!((slope - 0.8).abs() < 3.0 * error && error < 0.03, "{slope} ± {error}");
    let intercept = found.model.intercepts()[0] - slope * scale.mean;
    assert!((intercept + 3.5).abs() < 0.1, "{intercept}");
    assert!(found.model.coefficients()[1].abs() < 3.0 * found.model.standard_errors()[10]);
}

#[test]
fn the_same_design_gives_the_same_bits() {
    let design = simulated(9_000, 4, 3);
    assert!(design.rows() > 32 * 1_024, "several blocks: {}", design.rows());
    let options = FitOptions::ridge(4, 2.0).with_intercepts(Intercepts::Pooled { precision: 4.0, shape: Vec::new() });
    let first = fit(&design, &options).unwrap();
    for _ in 0..3 {
        let again = fit(&design, &options).unwrap();
        assert!(again == first);
        let bits = |model: &Model| model.parts().covariance.iter().map(|number| number.to_bits()).collect::<Vec<u64>>();
        assert_eq!(bits(&again.model), bits(&first.model));
    }
}

/// The first steps on a large design look at a part of it only: that must not be seen in the result.
#[test]
fn the_order_of_rows_does_not_matter() {
    let design = |backwards: bool| {
        let mut draws = Draws(17);
        let mut rows: Vec<([f32; 2], f64)> = (0..150_000)
            .map(|at| {
                // Blocks differ, so that a part is not like the whole.
                let x = [draws.normal() as f32 + (at / 5_000 % 7) as f32, draws.normal() as f32];
                let left = draws.share() < 1.0 / (1.0 + (4.0 - 0.5 * f64::from(x[0])).exp());
                (x, f64::from(u8::from(left)))
            })
            .collect();
        if backwards {
            rows.reverse();
        }
        let mut design = Design::new(vec!["one".to_owned(), "two".to_owned()], Strata::Single).unwrap();
        for (values, leavers) in &rows {
            design.push(Row { stratum: 0, values, months: 1.0, leavers: *leavers, offset: 0.0 }).unwrap();
        }
        design
    };
    let found = |backwards: bool| fit(&design(backwards), &FitOptions::ridge(2, 1.0)).unwrap();
    let (one, other) = (found(false), found(true));
    for at in 0..2 {
        let (one, other) = (one.model.coefficients()[at], other.model.coefficients()[at]);
        assert!((one - other).abs() < 1e-10, "{one} {other}");
    }
    assert!((one.log_likelihood - other.log_likelihood).abs() < 1e-6 && one.penalty > 0.0);
}

#[test]
fn counting_rows_is_the_same_as_repeating_them() {
    let mut draws = Draws(11);
    let (mut counted, mut repeated) = (
        Design::new(vec!["x".to_owned()], Strata::Single).unwrap(),
        Design::new(vec!["x".to_owned()], Strata::Single).unwrap(),
    );
    for _ in 0..40 {
        let (x, months) = ([draws.normal() as f32], 1 + draws.below(6));
        let leavers = draws.below(months + 1);
        let (stratum, offset) = (0, 0.25);
        counted.push(Row { stratum, values: &x, months: months as f64, leavers: leavers as f64, offset }).unwrap();
        for month in 0..months {
            let leavers = f64::from(u8::from(month < leavers));
            // A row between two that are the same keeps them apart.
            repeated.push(Row { stratum, values: &x, months: 1.0, leavers, offset }).unwrap();
            repeated.push(Row { stratum, values: &[f32::NAN], months: 0.0, leavers: 0.0, offset }).unwrap();
        }
    }
    assert!(repeated.rows() > 2 * counted.rows());
    let (one, other) =
        (fit(&counted, &FitOptions::unpenalized(1)).unwrap(), fit(&repeated, &FitOptions::unpenalized(1)).unwrap());
    assert!((one.model.coefficients()[0] - other.model.coefficients()[0]).abs() < 1e-10);
    assert!((one.log_likelihood - other.log_likelihood).abs() < 1e-9);
}

#[test]
fn priors_hold_as_firmly_as_they_say() {
    let design = simulated(2_000, 2, 5);
    let fitted = |precision: f64| {
        let coefficients = vec![Towards { mean: -1.0, precision }; 2];
        let pooled = Intercepts::Pooled { precision: 1.0, shape: Vec::new() };
        fit(&design, &FitOptions { coefficients, ..FitOptions::ridge(2, 0.0).with_intercepts(pooled) }).unwrap()
    };
    assert!((fitted(1e9).model.coefficients()[0] + 1.0).abs() < 1e-4);
    let steps: Vec<f64> =
        [0.0, 10.0, 100.0, 1_000.0, 1e5].map(|precision| fitted(precision).model.coefficients()[0]).to_vec();
    assert!(steps.is_sorted_by(|one, other| one > other), "{steps:?}");
    // λ and what the data know add up to one over the variance, but for what the intercepts take.
    let error = fitted(1e5).model.standard_errors()[9];
    assert!((1.0 / (error * error) / 1e5 - 1.0).abs() < 0.02, "{error}");
}

/// The same penalty, said in other units, is the same model.
#[test]
fn units_do_not_matter() {
    let design = simulated(3_000, 2, 9);
    let pooled = || Intercepts::Pooled { precision: 2.0, shape: Vec::new() };
    let training = fit(&design, &FitOptions::ridge(2, 5.0).with_intercepts(pooled())).unwrap();
    let scales: Vec<Scale> =
        training.model.parts().scales.iter().map(|scale| Scale { sd: 7.0 * scale.sd, ..*scale }).collect();
    let options =
        FitOptions { scaling: Scaling::Given(scales), ..FitOptions::ridge(2, 5.0 / 49.0).with_intercepts(pooled()) };
    let given = fit(&design, &options).unwrap();
    for at in 0..2 {
        let (one, other) = (training.model.coefficients()[at], given.model.coefficients()[at] / 7.0);
        assert!((one - other).abs() < 1e-9, "{one} {other}");
        let (one, other) = (training.model.standard_errors()[9 + at], given.model.standard_errors()[9 + at] / 7.0);
        assert!((one - other).abs() < 1e-9, "{one} {other}");
    }
    let x = [0.7_f32, f32::NAN];
    let (one, other) =
        (training.model.monthly_log_odds(5, x.as_slice()), given.model.monthly_log_odds(5, x.as_slice()));
    assert!((one.unwrap() - other.unwrap()).abs() < 1e-9);
}

/// One stratum, the columns given, everybody one month.
fn plain(rows: &[(&[f32], bool)]) -> Design {
    let names = (0..rows.first().map_or(1, |row| row.0.len())).map(|at| format!("x{at}")).collect();
    let mut design = Design::new(names, Strata::Single).unwrap();
    for (values, left) in rows {
        let leavers = f64::from(u8::from(*left));
        design.push(Row { stratum: 0, values, months: 1.0, leavers, offset: 0.0 }).unwrap();
    }
    design
}

#[test]
fn what_has_no_estimate_is_said() {
    let unpenalized = |rows: &[(&[f32], bool)]| {
        let design = plain(rows);
        fit(&design, &FitOptions::unpenalized(design.width())).map(|found| found.model)
    };
    assert_eq!(unpenalized(&[]), Err(FitProblem::NoRows));
    assert_eq!(unpenalized(&[(&[1.0], false), (&[2.0], false)]), Err(FitProblem::NoLeavers { person_months: 2.0 }));
    assert_eq!(unpenalized(&[(&[1.0], true), (&[2.0], true)]), Err(FitProblem::AllLeft));
    let constant: [(&[f32], bool); 3] = [(&[3.0], true), (&[3.0], false), (&[3.0], false)];
    assert_eq!(unpenalized(&constant), Err(FitProblem::ConstantColumn { name: "x0".to_owned() }));
    let twice: [(&[f32], bool); 4] =
        [(&[1.0, 2.0], true), (&[2.0, 4.0], false), (&[4.0, 8.0], true), (&[9.0, 18.0], false)];
    assert_eq!(unpenalized(&twice), Err(FitProblem::Collinear));
    let apart: [(&[f32], bool); 4] = [(&[1.0], false), (&[2.0], false), (&[3.0], true), (&[4.0], true)];
    assert!(matches!(unpenalized(&apart), Err(FitProblem::DidNotConverge { .. })), "{:?}", unpenalized(&apart));
    // A ridge has an answer to each.
    for rows in [&constant[..], &twice, &apart] {
        let design = plain(rows);
        let found = fit(&design, &FitOptions::ridge(design.width(), 1.0)).unwrap();
        assert!(found.model.coefficients().iter().all(|coefficient| coefficient.abs() < 3.0));
    }
    let found = fit(&plain(&twice), &FitOptions::ridge(2, 1.0)).unwrap();
    assert!((found.model.coefficients()[0] - found.model.coefficients()[1]).abs() < 1e-9, "equals share");
    // So has a prior of the intercept where nobody left.
    let held =
        FitOptions::ridge(1, 1.0).with_intercepts(Intercepts::Prior(vec![Towards { mean: -4.0, precision: 4.0 }]));
    let found = fit(&plain(&[(&[1.0], false), (&[2.0], false)]), &held).unwrap();
    assert!(found.model.intercepts()[0] < -4.0 && found.model.intercepts()[0] > -4.5);
}

#[test]
fn rows_that_cannot_be_are_refused() {
    let mut design = Design::new(vec!["x".to_owned()], Strata::Single).unwrap();
    let row = Row { stratum: 0, values: &[1.0], months: 1.0, leavers: 0.0, offset: 0.0 };
    for (wrong, problem) in [
        (Row { stratum: 1, ..row }, DesignProblem::NoSuchStratum { stratum: 1 }),
        (Row { values: &[], ..row }, DesignProblem::RowLength { expected: 1, found: 0 }),
        (Row { values: &[f32::INFINITY], ..row }, DesignProblem::NotFinite { name: "x".to_owned() }),
        (Row { months: 1e10, ..row }, DesignProblem::Weight),
        (Row { leavers: 2.0, ..row }, DesignProblem::Weight),
        (Row { months: f64::NAN, ..row }, DesignProblem::Weight),
        (Row { offset: f64::NAN, ..row }, DesignProblem::Offset),
    ] {
        assert_eq!(design.push(wrong), Err(problem));
    }
    assert_eq!(design.rows(), 0);
    let twice = Design::new(vec!["x".to_owned(), "x".to_owned()], Strata::Single);
    assert_eq!(twice.unwrap_err(), DesignProblem::SameName { name: "x".to_owned() });
    assert_eq!(
        Design::new(vec![String::new(); 257], Strata::Single).unwrap_err(),
        DesignProblem::TooManyColumns { columns: 257 }
    );
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
