//! Kaplan–Meier and hazards against R, on data with censoring and with delayed entry.

mod common;

use common::{Table, expected};
use hearten_retention::{
    Spell, Strata, Sureness,
    survival::{Observed, SurvivalProblem, exposure, kaplan_meier},
};
use proptest::prelude::*;

#[test]
fn curve_and_errors_agree_with_r() {
    let table = Table::read("job_retention_design.csv");
    let spells: Vec<Spell> =
        table.rows.iter().map(|row| Spell::new(0, row[1] as u32, row[2] == 1.0).unwrap()).collect();
    let observed: Vec<Observed> = spells.iter().copied().map(Observed::from).collect();
    let curve = kaplan_meier(&observed, Sureness::P95).unwrap();
    let (expected, hazards) = (expected(), exposure(spells, Strata::Months(12)));
    assert_eq!((curve.steps.len(), curve.observed), (12, 3_770));
    for (step, hazard) in curve.steps.iter().zip(hazards) {
        let (survival, error) =
            (expected[&format!("km_jr_S_t{}", step.time)], expected[&format!("km_jr_greenwood_se_t{}", step.time)]);
        assert!((step.survival - survival).abs() < 1e-9, "{step:?}");
        assert!((step.error - error).abs() < 1e-9, "{step:?}");
        assert!(step.low < step.survival && step.survival < step.high);
        assert_eq!((step.at_risk, step.leavers), (hazard.person_months, hazard.leavers));
    }
    assert!((curve.at(11.5) - expected["km_jr_S_t11"]).abs() < 1e-9);
    assert_eq!((curve.at(0.5), curve.median()), (1.0, None));
}

#[test]
fn hazards_of_the_teachers_agree_with_r() {
    let table = Table::read("alda_teachers.csv");
    let spells = table.rows.iter().map(|row| Spell::new(0, row[1] as u32, row[2] == 0.0).unwrap());
    let expected = expected();
    for (year, found) in exposure(spells, Strata::Months(12)).iter().enumerate() {
        let hazard = expected[&format!("teachers_hazard_y{}", year + 1)];
        assert!((found.hazard().unwrap() - hazard).abs() < 1e-9, "{year}: {found:?} for {hazard}");
    }
}

/// Who had left before records began is not on record: leaving out the entry counts the others as if they had been at risk
/// of being seen leaving all along, and makes the physicians look a third more faithful than they were.
#[test]
fn delayed_entry_is_not_exposure() {
    let table = Table::read("alda_physicians.csv");
    let (entry, exit, censor) = (table.column("entry"), table.column("exit"), table.column("censor"));
    let curve = |delayed: bool| {
        let person = |at: usize| Observed {
            entry: if delayed { entry[at] } else { 0.0 },
            exit: exit[at],
            left: censor[at] == 0.0,
        };
        let observed: Vec<Observed> = (0..exit.len()).map(person).collect();
        kaplan_meier(&observed, Sureness::P95).unwrap()
    };
    assert!((curve(true).at(3.0) - 0.498).abs() < 0.0005, "{}", curve(true).at(3.0));
    assert!((curve(false).at(3.0) - 0.687).abs() < 0.0005, "{}", curve(false).at(3.0));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let refused = |observed: &[Observed]| kaplan_meier(observed, Sureness::P95).unwrap_err();
    assert_eq!(refused(&[]), SurvivalProblem::Nobody);
    for (entry, exit) in [(1.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (0.0, f64::NAN)] {
        assert_eq!(refused(&[Observed { entry, exit, left: true }]), SurvivalProblem::Times);
    }
    let everybody = kaplan_meier(&[Observed { entry: 0.0, exit: 2.0, left: true }], Sureness::P95).unwrap();
    assert_eq!((everybody.at(1.0), everybody.at(2.0), everybody.median()), (1.0, 0.0, Some(2.0)));
    let nobody = kaplan_meier(&[Observed { entry: 0.0, exit: 2.0, left: false }], Sureness::P95).unwrap();
    assert!(nobody.steps.is_empty());
}

fn observed() -> impl Strategy<Value = Observed> {
    (0_u8..30, 1_u8..30, any::<bool>()).prop_map(|(entry, served, left)| Observed {
        entry: f64::from(entry),
        exit: f64::from(entry) + f64::from(served),
        left,
    })
}

proptest! {
    /// Against the definition, counted anew at every time.
    #[test]
    fn curve_is_the_product_of_its_definition(observed in prop::collection::vec(observed(), 1..80)) {
        let curve = kaplan_meier(&observed, Sureness::P80).unwrap();
        let mut survival = 1.0;
        for step in &curve.steps {
            let at_risk = observed.iter().filter(|one| one.entry < step.time && step.time <= one.exit).count() as u64;
            let leavers = observed.iter().filter(|one| one.left && one.exit == step.time).count() as u64;
            survival *= 1.0 - leavers as f64 / at_risk as f64;
            prop_assert_eq!((step.at_risk, step.leavers), (at_risk, leavers));
            prop_assert!((step.survival - survival).abs() < 1e-12);
            prop_assert!(0.0 <= step.low && step.low <= step.survival && step.survival <= step.high && step.high <= 1.0);
            prop_assert!(step.error.is_finite() && (0.0..=1.0).contains(&step.hazard()));
        }
        let leavers: u64 = curve.steps.iter().map(|step| step.leavers).sum();
        prop_assert_eq!(leavers, observed.iter().filter(|one| one.left).count() as u64);
    }
}
