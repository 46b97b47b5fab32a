//! Whether bands hold what they say they hold: simulated organizations whose hazards are known.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Draws;
use hearten_retention::{Design, FitOptions, Horizon, Model, Spell, Strata, Sureness, fit};

const REPETITIONS: u64 = 400;

fn hazard(x: f32) -> f64 {
    1.0 / (1.0 + (3.6 - 0.6 * f64::from(x)).exp())
}

/// A year of somebody: the month they left in, if they did.
fn year(draws: &mut Draws, x: f32) -> Option<u32> {
    (1..=12).find(|_| draws.share() < hazard(x))
}

fn truth(x: f32) -> f64 {
    1.0 - (1.0 - hazard(x)).powi(12)
}

/// What an organization of 300 learns from a year.
fn learned(draws: &mut Draws) -> Model {
    let mut design = Design::new(vec!["x".to_owned()], Strata::Single).unwrap();
    for _ in 0..300 {
        let x = draws.normal() as f32;
        let left = year(draws, x);
        let spell = Spell::new(0, left.unwrap_or(12), left.is_some()).unwrap();
        design.push_spell(spell, |_, row| row[0] = x).unwrap();
    }
    fit(&design, &FitOptions::ridge(1, 0.0)).unwrap().model
}

#[test]
fn bands_of_eighty_per_cent_hold_eighty_per_cent() {
    let (mut persons, mut groups, mut seen) = (0, 0, 0);
    for repetition in 0..REPETITIONS {
        let mut draws = Draws(1_000 + repetition);
        let model = learned(&mut draws);
        let risk = model.risk(0, [1.0_f32].as_slice(), Horizon::TwelveMonths, Sureness::P80).unwrap();
        persons += u32::from((risk.low()..=risk.high()).contains(&truth(1.0)));
        let group: Vec<[f32; 1]> = (0..60).map(|_| [draws.normal() as f32]).collect();
        let inputs = group.iter().map(|x| (0, x.as_slice()));
        let found = model.group_risk(inputs, Horizon::TwelveMonths, Sureness::P80).unwrap();
        let mean = group.iter().map(|x| truth(x[0])).sum::<f64>() / group.len() as f64;
        groups += u32::from((found.low..=found.high).contains(&mean));
        let leavers = group.iter().filter(|x| year(&mut draws, x[0]).is_some()).count();
        let share = leavers as f64 / group.len() as f64;
        seen += u32::from((found.seen_low..=found.seen_high).contains(&share));
    }
    // Of 400 repetitions, three standard errors of .8 are .06; counts are whole, which blurs the last.
    for (what, held, blur) in [("persons", persons, 0.06), ("groups", groups, 0.06), ("seen", seen, 0.08)] {
        let share = f64::from(held) / REPETITIONS as f64;
        assert!((share - 0.8).abs() < blur, "{what}: {share}");
    }
}
