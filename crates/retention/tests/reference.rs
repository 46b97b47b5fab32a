//! Against values computed elsewhere: R 4.2.2 and another implementation of the ridge logistic.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{Table, expected, folds, ibm};
use hearten_retention::{
    Design, FitOptions, Horizon, Intercepts, Model, Scale, Scaling, Spell, Strata, Towards, fit, quality,
    survival::Observed,
};
use nalgebra::{DMatrix, DVector};

fn risks(model: &Model, persons: impl IntoIterator<Item = (u32, Vec<f32>)>, months: u32) -> Vec<f64> {
    let persons: Vec<(u32, Vec<f32>)> = persons.into_iter().collect();
    let persons = persons.iter().map(|(served, values)| (*served, values.as_slice()));
    model.evaluation_risks(persons, Horizon::Months(months)).unwrap()
}

/// The job retention persons: spells and inputs.
fn job_retention() -> (Vec<String>, Vec<(Spell, Vec<f32>)>) {
    let table = Table::read("job_retention_design.csv");
    let person = |row: &Vec<f64>| {
        let spell = Spell::new(0, row[1] as u32, row[2] == 1.0).unwrap();
        (spell, row[3..].iter().map(|value| *value as f32).collect())
    };
    (table.names[3..].to_vec(), table.rows.iter().map(person).collect())
}

fn months(names: &[String], persons: &[(Spell, Vec<f32>)], strata: u8, in_fit: impl Fn(usize) -> bool) -> Design {
    let mut design = Design::new(names.to_vec(), Strata::Months(strata)).unwrap();
    for (_, (spell, values)) in persons.iter().enumerate().filter(|(at, _)| in_fit(*at)) {
        design.push_spell(*spell, |_, row| row.copy_from_slice(values)).unwrap();
    }
    design
}

/// Iteratively reweighted least squares as R's `glm.fit` does it, from its start. With `as_r` it also stops where R stops:
/// when the deviance changes by less than 1e-8 of itself, which is before the last digits of a rare month have settled.
fn reweighted(rows: &[(usize, &[f32], bool)], strata: usize, as_r: bool) -> (DVector<f64>, DVector<f64>) {
    let width = strata + rows[0].1.len();
    let x = DMatrix::from_fn(rows.len(), width, |row, column| match column.checked_sub(strata) {
        None => f64::from(u8::from(rows[row].0 == column)),
        Some(column) => f64::from(rows[row].1[column]),
    });
    let y = DVector::from_fn(rows.len(), |row, _| f64::from(u8::from(rows[row].2)));
    let mut eta = y.map(|y| ((y + 0.5) / (1.5 - y)).ln());
    let mut before = f64::INFINITY;
    for _ in 0..25 {
        let mu = eta.map(|eta| 1.0 / (1.0 + (-eta).exp()));
        let weights = mu.map(|mu| mu * (1.0 - mu));
        let weighted = DMatrix::from_fn(rows.len(), width, |row, column| x[(row, column)] * weights[row]);
        let z = DVector::from_fn(rows.len(), |row, _| weights[row] * eta[row] + y[row] - mu[row]);
        let factor = (x.transpose() * weighted).cholesky().unwrap();
        let theta = factor.solve(&(x.transpose() * z));
        eta = &x * &theta;
        let deviance = 2.0 * eta.iter().zip(&y).map(|(eta, y)| eta.exp().ln_1p() - y * eta).sum::<f64>();
        let settled = if as_r { 1e-8 } else { 1e-15 };
        if ((deviance - before) / (deviance.abs() + 0.1)).abs() < settled {
            return (theta, factor.inverse().diagonal().map(f64::sqrt));
        }
        before = deviance;
    }
    panic!("did not settle");
}

#[test]
fn person_period_logit_agrees_with_r() {
    let (names, persons) = job_retention();
    let design = months(&names, &persons, 12, |_| true);
    assert!(design.rows() < persons.len() * 12, "months are rows");
    let found = fit(&design, &FitOptions::unpenalized(names.len())).unwrap();
    let values: Vec<f64> = found.model.intercepts().iter().chain(found.model.coefficients()).copied().collect();
    let errors = found.model.standard_errors();
    let rows: Vec<(usize, &[f32], bool)> = persons
        .iter()
        .flat_map(|(spell, values)| spell.months().map(|(month, left)| (month as usize - 1, values.as_slice(), left)))
        .collect();
    let (stopped, stopped_errors) = reweighted(&rows, 12, true);
    let (settled, settled_errors) = reweighted(&rows, 12, false);
    let expected = expected();
    let of_months = (1..=12).map(|month| format!("month{month}"));
    for (at, name) in of_months.chain(names).enumerate() {
        let (coefficient, se) =
            (expected[&format!("dth_logit_coef_{name}")], expected[&format!("dth_logit_se_{name}")]);
        assert!((stopped[at] - coefficient).abs() < 1e-8, "{name}: {} for {coefficient}", stopped[at]);
        assert!((stopped_errors[at] - se).abs() < 1e-8, "{name}: {} for {se}", stopped_errors[at]);
        // Where R's steps lead if they go on, ours lead too.
        assert!((values[at] - settled[at]).abs() < 1e-8, "{name}: {} for {}", values[at], settled[at]);
        assert!((errors[at] - settled_errors[at]).abs() < 1e-8, "{name}: {} for {}", errors[at], settled_errors[at]);
        // Only the rarest month had moved when R stopped.
        assert!((values[at] - coefficient).abs() < 2e-7, "{name}: {} for {coefficient}", values[at]);
    }
    assert!((-2.0 * found.log_likelihood - expected["dth_logit_deviance"]).abs() < 1e-6, "{}", found.log_likelihood);
}

#[test]
fn ridge_logistic_agrees_with_the_reference_out_of_fold() {
    let persons = ibm();
    let reference = Table::read("ibm_logistic_C0.1_rep0.csv").column("p_rep0");
    let folds = &folds("ibm_strat5x5.csv")[0];
    let options = FitOptions::ridge(persons.names.len(), 10.0);
    for fold in 0..5 {
        let of = |test: bool| (0..persons.left.len()).filter(move |at| (folds[*at] == fold) == test);
        let model = fit(&persons.design(of(false)), &options).unwrap().model;
        let found = risks(&model, of(true).map(|at| (0, persons.inputs[at].clone())), 1);
        for (at, risk) in of(true).zip(found) {
            assert!((risk - reference[at]).abs() < 1e-5, "row {at}: {risk} for {}", reference[at]);
        }
    }
}

/// Mean and population sd of every column over persons, each once however many months they stayed.
fn scales_of_persons(persons: &[(Spell, Vec<f32>)], in_fit: impl Fn(usize) -> bool) -> Vec<Scale> {
    let chosen: Vec<&Vec<f32>> = (0..persons.len()).filter(|at| in_fit(*at)).map(|at| &persons[at].1).collect();
    let n = chosen.len() as f64;
    let scale = |column: usize| {
        let mean = chosen.iter().map(|values| f64::from(values[column])).sum::<f64>() / n;
        let square = chosen.iter().map(|values| (f64::from(values[column]) - mean).powi(2)).sum::<f64>() / n;
        Scale { mean, sd: square.sqrt() }
    };
    (0..persons[0].1.len()).map(scale).collect()
}

#[test]
fn hazards_agree_with_the_reference_out_of_fold() {
    let (names, persons) = job_retention();
    let reference = Table::read("job_retention_hazard_C1_rep0.csv").column("risk11_rep0");
    let folds = &folds("job_retention_strat5x5.csv")[0];
    let mut worst = 0.0_f64;
    for fold in 0..5 {
        let options = FitOptions {
            scaling: Scaling::Given(scales_of_persons(&persons, |at| folds[at] != fold)),
            // The reference holds its intercepts, very loosely, as well.
            intercepts: Intercepts::Prior(vec![Towards::zero(0.01); 12]),
            ..FitOptions::ridge(names.len(), 1.0)
        };
        let model = fit(&months(&names, &persons, 12, |at| folds[at] != fold), &options).unwrap().model;
        let tested = || persons.iter().enumerate().filter(|(at, _)| folds[*at] == fold);
        let found = risks(&model, tested().map(|(_, (_, values))| (0, values.clone())), 11);
        for ((at, _), risk) in tested().zip(found) {
            worst = worst.max((risk - reference[at]).abs());
        }
    }
    assert!(worst < 1e-5, "{worst}");
}

/// The mean over folds and repetitions of the AUC within each held-out fold.
#[test]
fn ranking_of_all_folds_is_as_expected() {
    let persons = ibm();
    let options = FitOptions::ridge(persons.names.len(), 10.0);
    let mut found = Vec::new();
    for folds in folds("ibm_strat5x5.csv") {
        for fold in 0..5 {
            let of = |test: bool| (0..persons.left.len()).filter(|at| (folds[*at] == fold) == test).collect::<Vec<_>>();
            let model = fit(&persons.design(of(false)), &options).unwrap().model;
            let scores = risks(&model, of(true).iter().map(|at| (0, persons.inputs[*at].clone())), 1);
            let left: Vec<bool> = of(true).iter().map(|at| persons.left[*at]).collect();
            found.push(quality::auc(&scores, &left).unwrap());
        }
    }
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    assert_eq!(found.len(), 25);
    assert!((mean - 0.8346).abs() < 0.00005, "{mean}");
}

/// The censored Brier score as the reference computes it: who left by then is divided by G at their time, not just before
/// it. Where people leave and are censored in whole months, that takes those censored in the month a person left in as gone
/// before them, although leaving comes first in the curve itself; ours does not.
fn brier_of_the_reference(stays: &[f64], observed: &[Observed], time: f64) -> f64 {
    let g = |until: f64| {
        (1..=until as u32).fold(1.0, |share, month| {
            let at =
                |left: bool| observed.iter().filter(|one| one.exit == f64::from(month) && one.left == left).count();
            let at_risk = observed.iter().filter(|one| one.exit >= f64::from(month)).count() - at(true);
            share * (1.0 - at(false) as f64 / at_risk as f64)
        })
    };
    let score = |(stays, one): (&f64, &Observed)| match one {
        one if one.exit > time => (1.0 - stays).powi(2) / g(time),
        one if one.left => stays.powi(2) / g(one.exit),
        _ => 0.0,
    };
    stays.iter().zip(observed).map(score).sum::<f64>() / stays.len() as f64
}

#[test]
fn concordance_and_integrated_brier_are_as_expected() {
    let (names, persons) = job_retention();
    let (mut concordance, mut brier, mut reference) = (Vec::new(), Vec::new(), Vec::new());
    for folds in folds("job_retention_strat5x5.csv") {
        for fold in 0..5 {
            let options = FitOptions {
                scaling: Scaling::Given(scales_of_persons(&persons, |at| folds[at] != fold)),
                ..FitOptions::ridge(names.len(), 1.0)
            };
            let model = fit(&months(&names, &persons, 12, |at| folds[at] != fold), &options).unwrap().model;
            let tested: Vec<&(Spell, Vec<f32>)> =
                persons.iter().enumerate().filter(|(at, _)| folds[*at] == fold).map(|(_, person)| person).collect();
            let observed: Vec<Observed> = tested.iter().map(|(spell, _)| (*spell).into()).collect();
            let at = |month: u32| risks(&model, tested.iter().map(|(_, values)| (0, values.clone())), month);
            concordance.push(quality::concordance(&at(11), &observed).unwrap());
            let over_months = |score: &dyn Fn(&[f64], f64) -> f64| {
                let scores = (1..=11).map(|month| {
                    let stays: Vec<f64> = at(month).iter().map(|risk| 1.0 - risk).collect();
                    (f64::from(month), score(&stays, f64::from(month)))
                });
                quality::integrated(&scores.collect::<Vec<_>>()).unwrap()
            };
            brier.push(over_months(&|stays, time| quality::censored_brier(stays, &observed, time).unwrap()));
            reference.push(over_months(&|stays, time| brier_of_the_reference(stays, &observed, time)));
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    assert!((mean(&concordance) - 0.638).abs() < 0.0005, "{}", mean(&concordance));
    assert!((mean(&reference) - 0.1277).abs() < 0.00005, "{}", mean(&reference));
    assert!((mean(&brier) - 0.1267).abs() < 0.00005, "{}", mean(&brier));
}

/// R's concordance of its Cox model, from the same scores; and the hazard model ranks as well as Cox does.
#[test]
fn concordance_agrees_with_r() {
    let (names, persons) = job_retention();
    let expected = expected();
    let observed: Vec<Observed> = persons.iter().map(|(spell, _)| (*spell).into()).collect();
    let coefficients: Vec<f64> = names.iter().map(|name| expected[&format!("cox_efron_coef_{name}")]).collect();
    let score = |(_, values): &(Spell, Vec<f32>)| {
        values.iter().zip(&coefficients).map(|(value, coefficient)| f64::from(*value) * coefficient).sum::<f64>()
    };
    let scores: Vec<f64> = persons.iter().map(score).collect();
    let cox = expected["cox_efron_concordance"];
    let found = quality::concordance(&scores, &observed).unwrap();
    assert!((found - cox).abs() < 1e-6, "{found} for {cox}");
    let model = fit(&months(&names, &persons, 12, |_| true), &FitOptions::unpenalized(names.len())).unwrap().model;
    let own = risks(&model, persons.iter().map(|(_, values)| (0, values.clone())), 12);
    let own = quality::concordance(&own, &observed).unwrap();
    assert!((own - cox).abs() < 0.0005, "{own} for {cox}");
}
