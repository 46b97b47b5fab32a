//! Fits: what they find again, what they do not depend on, and what has no estimate.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Draws;
use hearten_retention::{
    Design, DesignProblem, FitOptions, FitProblem, Horizon, Intercepts, Model, Row, Scale, Scaling, Spell, Strata,
    Towards, fit,
};

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

/// All leavers lie where the first steps on a large design do not look.
#[test]
fn a_part_without_leavers_is_no_obstacle() {
    let mut draws = Draws(23);
    let mut design = Design::new(vec!["x".to_owned()], Strata::Single).unwrap();
    let mut inputs = Vec::new();
    for at in 0..120_000 {
        let x = [draws.normal() as f32];
        let leavers = f64::from(u8::from((4_096..8_192).contains(&at) && draws.share() < 0.3));
        design.push(Row { stratum: 0, values: &x, months: 1.0, leavers, offset: 0.0 }).unwrap();
        inputs.push(x);
    }
    let found = fit(&design, &FitOptions::ridge(1, 1.0)).unwrap();
    // With a free intercept as many are expected to leave as left.
    let persons = inputs.iter().map(|x| (0, x.as_slice()));
    let expected: f64 = found.model.evaluation_risks(persons, Horizon::Months(1)).unwrap().iter().sum();
    assert!(found.leavers > 1_000.0 && (expected - found.leavers).abs() < 1e-5, "{expected} for {}", found.leavers);
}
