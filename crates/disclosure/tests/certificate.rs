//! The certificate against the fixture, against its dense form and against the attacker.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use hearten_disclosure::{Candidate, PlanError, ReleasePlan, SuppressionReason, Verdict};
use proptest::prelude::*;
use support::{
    Fixture,
    attacker::Attacker,
    dense::{self, Dense},
    organisation::{Organisation, Shape, generate},
};

fn wrap(candidates: &[Vec<u32>]) -> Vec<Candidate> {
    candidates.iter().map(|members| Candidate { members: members.clone() }).collect()
}

fn shown(plan: &ReleasePlan, candidates: &[Vec<u32>]) -> Vec<Vec<u32>> {
    plan.shown().map(|cut| candidates[cut].clone()).collect()
}

#[test]
fn the_fixture_shows_21_cuts_of_rank_9() {
    let fixture = Fixture::read();
    let plan = ReleasePlan::decide(fixture.n, fixture.k, &fixture.candidates()).unwrap();
    assert_eq!(plan.shown().count(), fixture.certificate_published.len());
    assert_eq!(plan.shown().count(), 21);
    assert_eq!(plan.rank(), fixture.certificate_rank);
    assert_eq!(plan.budget(), 9);
    let large = (0..plan.len()).filter(|&cut| plan.verdict(cut) != Verdict::Hidden(SuppressionReason::BelowMinimum));
    assert!(large.eq(fixture.naive_published.iter().copied()));
}

#[test]
fn the_attacker_isolates_39_under_the_plain_threshold_and_nobody_under_the_certificate() {
    let fixture = Fixture::read();
    let naive = Attacker::new(fixture.n, &fixture.members(&fixture.naive_published));
    assert_eq!(naive.isolated().len(), fixture.naive_isolated_count);
    assert_eq!(naive.isolated().len(), 39);
    assert_eq!(naive.smallest_exposed(1).map(|people| people.len()), Some(1));

    let plan = ReleasePlan::decide(fixture.n, fixture.k, &fixture.candidates()).unwrap();
    let cuts: Vec<usize> = plan.shown().collect();
    let attacker = Attacker::new(fixture.n, &fixture.members(&cuts));
    assert_eq!(attacker.isolated(), Vec::<u32>::new());
    assert_eq!(attacker.smallest_exposed(3), None);
    assert_eq!(attacker.rank(), plan.rank());

    let reference = Attacker::new(fixture.n, &fixture.members(&fixture.certificate_published));
    assert_eq!((reference.isolated().len(), reference.rank()), (0, fixture.certificate_rank));
}

#[test]
fn the_fixture_exposes_no_four_people() {
    let fixture = Fixture::read();
    let plan = ReleasePlan::decide(fixture.n, fixture.k, &fixture.candidates()).unwrap();
    let cuts: Vec<usize> = plan.shown().collect();
    assert_eq!(Attacker::new(fixture.n, &fixture.members(&cuts)).smallest_exposed(4), None);
}

#[test]
fn input_that_makes_no_sense_is_refused() {
    let cut = |members: &[u32]| [Candidate { members: members.to_vec() }];
    assert_eq!(ReleasePlan::decide(9, 2, &[]), Err(PlanError::Minimum(2)));
    assert_eq!(ReleasePlan::decide(9, 21, &[]), Err(PlanError::Minimum(21)));
    assert_eq!(ReleasePlan::decide(9, 5, &cut(&[0, 9])), Err(PlanError::Members(0)));
    assert_eq!(ReleasePlan::decide(9, 5, &cut(&[1, 1])), Err(PlanError::Members(0)));
    let empty = ReleasePlan::decide(0, 5, &cut(&[])).unwrap();
    assert_eq!(empty.verdict(0), Verdict::Hidden(SuppressionReason::BelowMinimum));
    assert_eq!(empty.verdict(1), Verdict::Hidden(SuppressionReason::NotInPlan));
}

#[test]
fn a_plan_survives_storage() {
    let fixture = Fixture::read();
    let plan = ReleasePlan::decide(fixture.n, fixture.k, &fixture.candidates()).unwrap();
    let stored = serde_json::to_string(&plan).unwrap();
    let read: ReleasePlan = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, plan);
    assert!(read.is_for(fixture.n, &fixture.candidates()));
    assert!(!read.is_for(fixture.n, &fixture.candidates()[1..]));
}

/// How many organisations of 31 to 60 people all triples are tried in.
const TRIPLES: u32 = 24;

fn organisations(fewest: usize, most: usize) -> impl Strategy<Value = Organisation> {
    (0..u64::MAX, fewest..=most, 1..4_usize, 1..9_usize, 0..4_usize, 2..4_u32, any::<bool>(), any::<bool>()).prop_map(
        |(seed, respondents, divisions, teams, attributes, values, team_attributes, shuffled)| {
            let shape = Shape { respondents, divisions, teams, attributes, values, team_attributes };
            let mut organisation = generate(seed, shape);
            if shuffled {
                // Any order must be safe, also one that does not start with the tree.
                let middle = (seed % organisation.candidates.len() as u64) as usize;
                organisation.candidates.rotate_left(middle);
            }
            organisation
        },
    )
}

proptest! {
    // Sixty people have 34,220 triples, each a rank to compute: fewer organisations, and only the larger ones.
    #![proptest_config(ProptestConfig::with_cases(TRIPLES))]

    #[test]
    fn three_people_are_never_exposed_in_organisations_up_to_60(organisation in organisations(31, 60), k in 4..=5_usize) {
        let Organisation { n, candidates, .. } = &organisation;
        let plan = ReleasePlan::decide(*n, k, &wrap(candidates)).unwrap();
        let attacker = Attacker::new(*n, &shown(&plan, candidates));
        prop_assert_eq!(attacker.smallest_exposed(3), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn fewer_than_k_people_are_never_exposed(organisation in organisations(5, 60), k in 3..=5_usize) {
        let Organisation { n, candidates, .. } = &organisation;
        let plan = ReleasePlan::decide(*n, k, &wrap(candidates)).unwrap();
        let attacker = Attacker::new(*n, &shown(&plan, candidates));
        prop_assert_eq!(attacker.rank(), plan.rank());
        prop_assert!(plan.rank() <= plan.budget());
        // All sets below k where that is quick, else singles, pairs and (below, for fewer organisations) triples.
        let most = if *n <= 16 { k - 1 } else if *n <= 30 { 3.min(k - 1) } else { 2 };
        prop_assert_eq!(attacker.smallest_exposed(most), None);
    }

    #[test]
    fn the_decomposition_agrees_with_the_dense_form(organisation in organisations(5, 60), k in 3..=6_usize) {
        let Organisation { n, candidates, .. } = &organisation;
        let plan = ReleasePlan::decide(*n, k, &wrap(candidates)).unwrap();
        let (reference, _) = dense::decide(*n, k, candidates);
        for (cut, expected) in reference.iter().enumerate() {
            let expected = match expected {
                Dense::Independent => Verdict::Shown,
                Dense::Derivable => Verdict::ShownDerivable,
                Dense::BelowMinimum => Verdict::Hidden(SuppressionReason::BelowMinimum),
                Dense::Complementary => Verdict::Hidden(SuppressionReason::Complementary),
            };
            prop_assert_eq!(plan.verdict(cut), expected, "cut {}", cut);
        }
    }

    #[test]
    fn strict_plans_keep_every_atom_at_k(organisation in organisations(5, 60), k in 3..=6_usize) {
        let Organisation { n, candidates, .. } = &organisation;
        let plan = ReleasePlan::decide_strict(*n, k, &wrap(candidates)).unwrap();
        let mut atoms = std::collections::BTreeMap::<Vec<usize>, usize>::new();
        for x in 0..*n as u32 {
            let signature = plan.shown().filter(|&cut| candidates[cut].contains(&x)).collect();
            *atoms.entry(signature).or_default() += 1;
        }
        atoms.remove(&Vec::new());
        prop_assert!(atoms.values().all(|&size| size >= k));
        prop_assert_eq!(plan.rank(), atoms.len());
    }
}
