//! Released tables: counts, unanimity, forced answers by brute force, storage.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use hearten_disclosure::{
    Candidate, Cell, DecodeError, QuestionShape, ReleaseError, ReleasePlan, ResultTable, SuppressionReason, release,
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::StdRng};
use support::{
    Fixture,
    organisation::{Shape, generate},
};

fn cut(members: impl IntoIterator<Item = u32>) -> Candidate {
    Candidate { members: members.into_iter().collect() }
}

fn table(minimum: usize, candidates: &[Candidate], options: u8, answers: &[u8]) -> ResultTable {
    let plan = ReleasePlan::decide(answers.len(), minimum, candidates).unwrap();
    let sheets: Vec<&[u8]> = answers.chunks(1).collect();
    release(&plan, candidates, &[QuestionShape { options }], &sheets).unwrap().get().clone()
}

#[test]
fn counts_are_what_was_answered() {
    let table = table(5, &[cut(0..10), cut(0..4)], 3, &[1, 1, 2, 3, 3, 3, 0, 2, 1, 3]);
    let Cell::Shown(counts) = table.cell(0, 0) else { panic!("shown") };
    assert_eq!((counts.answered(), counts.skipped(), counts.options()), (9, 1, [3, 2, 4].as_slice()));
    assert_eq!(table.cell(1, 0), Cell::Hidden(SuppressionReason::BelowMinimum));
    assert_eq!(table.cell(0, 1), Cell::Hidden(SuppressionReason::NotInPlan));
    assert_eq!(table.cell(2, 0), Cell::Hidden(SuppressionReason::NotInPlan));
    assert_eq!((table.respondents(0), table.respondents(1)), (Some(10), None));
}

#[test]
fn all_and_all_but_one_look_the_same() {
    let all = table(5, &[cut(0..6)], 2, &[2; 6]);
    let but_one = table(5, &[cut(0..6)], 2, &[2, 2, 1, 2, 2, 2]);
    assert_eq!(all.cell(0, 0), Cell::Unanimous { n: 6, option: 2 });
    assert!(all == but_one);
}

#[test]
fn a_cell_that_few_answered_is_hidden() {
    let table = table(5, &[cut(0..8)], 2, &[0, 0, 0, 0, 1, 2, 1, 0]);
    assert_eq!(table.cell(0, 0), Cell::Hidden(SuppressionReason::BelowMinimum));
}

#[test]
fn a_bound_is_not_undone_by_the_counts_around_it() {
    // The company and one of two teams show counts; the other team is unanimous, and the difference would say so.
    let answers = [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2];
    let table = table(5, &[cut(0..12), cut(0..6), cut(6..12)], 2, &answers);
    assert!(matches!(table.cell(0, 0), Cell::Shown(_)));
    assert_eq!(table.cell(1, 0), Cell::Unanimous { n: 6, option: 1 });
    assert_eq!(table.cell(2, 0), Cell::Hidden(SuppressionReason::Complementary));
}

#[test]
fn sheets_that_do_not_fit_are_refused() {
    let candidates = [cut(0..5)];
    let plan = ReleasePlan::decide(5, 5, &candidates).unwrap();
    let questions = [QuestionShape { options: 2 }];
    let refused = |sheets: &[&[u8]]| release(&plan, &candidates, &questions, sheets).unwrap_err();
    assert_eq!(refused(&[&[1_u8] as &[u8]; 4]), ReleaseError::OtherPlan);
    assert_eq!(refused(&[&[1], &[1], &[1, 1], &[1], &[1]]), ReleaseError::SheetLength { sheet: 2 });
    assert_eq!(refused(&[&[1], &[1], &[1], &[3], &[1]]), ReleaseError::UnknownOption { sheet: 3, question: 0 });
    let other = release(&plan, &[cut(0..4)], &questions, &[&[1_u8] as &[u8]; 5]).unwrap_err();
    assert_eq!(other, ReleaseError::OtherPlan);
}

/// Whether an assignment of answers agrees with everything the table says.
fn consistent(table: &ResultTable, candidates: &[Candidate], answers: &[u8]) -> bool {
    candidates.iter().enumerate().all(|(at, candidate)| {
        let count = |code: u8| candidate.members.iter().filter(|&&x| answers[x as usize] == code).count() as u32;
        match table.cell(at, 0) {
            Cell::Hidden(SuppressionReason::BelowMinimum) if candidate.members.len() >= table.minimum() as usize => {
                let answered = candidate.members.len() as u32 - count(0);
                (2..table.minimum()).contains(&answered)
            }
            Cell::Hidden(_) => true,
            Cell::Unanimous { n, option } => count(option) + 1 >= n,
            Cell::Shown(counts) => {
                count(0) == counts.skipped() && (1..).zip(counts.options()).all(|(code, &shown)| count(code) == shown)
            }
        }
    })
}

/// Respondents who gave the same answer in every assignment that agrees with the table, by enumeration.
fn forced(table: &ResultTable, candidates: &[Candidate], n: usize, options: u8) -> Vec<usize> {
    forced_by(n, options, |answers| consistent(table, candidates, answers))
}

fn forced_by(n: usize, options: u8, consistent: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    let mut open = vec![0_u32; n];
    let mut answers = vec![0_u8; n];
    loop {
        if consistent(&answers) {
            open.iter_mut().zip(&answers).for_each(|(open, &code)| *open |= 1 << code);
        }
        let Some(next) = answers.iter().position(|&code| code < options) else { break };
        answers[next] += 1;
        answers[..next].fill(0);
    }
    assert!(open.iter().all(|&codes| codes != 0), "the truth agrees with the table");
    (0..n).filter(|&x| open[x].count_ones() == 1).collect()
}

#[test]
fn the_enumeration_can_find_somebody() {
    // Published as they are, a group of eight and four of them say what the other four answered, where those agree.
    let truth = [1, 2, 1, 2, 2, 2, 2, 2];
    let count = |answers: &[u8], code: u8| answers.iter().filter(|&&own| own == code).count();
    let raw = |answers: &[u8]| {
        (0..=2).all(|code| {
            count(answers, code) == count(&truth, code) && count(&answers[..4], code) == count(&truth[..4], code)
        })
    };
    assert_eq!(forced_by(8, 2, raw), vec![4, 5, 6, 7]);
    let candidates = [cut(0..8), cut(0..4)];
    assert_eq!(forced(&table(3, &candidates, 2, &truth), &candidates, 8, 2), Vec::<usize>::new());
}

fn tiny(tree_only: bool) -> impl Strategy<Value = (usize, Vec<Candidate>, Vec<u8>, u8)> {
    let shape = (0..u64::MAX, 6..=11_usize, 1..3_usize, 1..4_usize, 1..3_usize, 1..3_u8);
    let people = prop::collection::vec((0..4_u8, any::<prop::sample::Index>()), 11);
    (shape, people).prop_map(move |((seed, respondents, divisions, teams, attributes, options), people)| {
        let attributes = if tree_only { 0 } else { attributes };
        let shape = Shape { respondents, divisions, teams, attributes, values: 2, team_attributes: !tree_only };
        let candidates = generate(seed, shape).candidates.into_iter().map(|members| Candidate { members }).collect();
        // Most people agree, so that unanimity and extreme counts are frequent.
        let answer = |(kind, index): &(u8, prop::sample::Index)| match kind {
            0 => index.index(usize::from(options) + 1) as u8,
            _ => options,
        };
        (respondents, candidates, people[..respondents].iter().map(answer).collect(), options)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(120), ..ProptestConfig::default() })]

    #[test]
    fn no_answer_is_forced_by_a_tree((n, candidates, answers, options) in tiny(true)) {
        let table = table(3, &candidates, options, &answers);
        prop_assert_eq!(forced(&table, &candidates, n, options), Vec::<usize>::new());
    }

    #[test]
    fn no_answer_is_forced_by_a_tree_with_attributes((n, candidates, answers, options) in tiny(false)) {
        let table = table(3, &candidates, options, &answers);
        prop_assert_eq!(forced(&table, &candidates, n, options), Vec::<usize>::new());
    }

    #[test]
    fn what_is_stored_is_read_back((_, candidates, answers, options) in tiny(false)) {
        let table = table(3, &candidates, options, &answers);
        let bytes = table.encode();
        let read = ResultTable::decode(&bytes).unwrap();
        prop_assert!(*read == table);
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn hostile_bytes_never_panic((_, candidates, answers, options) in tiny(false),
                                 at in any::<prop::sample::Index>(), flip in 1..=255_u8, tail in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut bytes = table(3, &candidates, options, &answers).encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(ResultTable::decode(&bytes).is_err());
        prop_assert!(ResultTable::decode(&bytes[..at]).is_err());
        // With a sound checksum the contents are hostile, not the transport.
        let mut body = b"HRT\x01".to_vec();
        body.extend(tail);
        let sum = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        body.extend(sum.to_le_bytes());
        if let Ok(table) = ResultTable::decode(&body) {
            prop_assert_eq!(table.encode(), body);
        }
    }
}

#[test]
fn a_question_without_options_is_only_skipped() {
    let table = table(3, &[cut(0..5), cut(0..5)], 0, &[0; 5]);
    assert_eq!(table.cell(0, 0), Cell::Unanimous { n: 5, option: 0 });
}

/// Protection by values must not empty a table. The fixture is a hard case: it publishes all that its size can carry.
#[test]
fn ordinary_answers_keep_most_cells() {
    let fixture = Fixture::read();
    let candidates = fixture.candidates();
    let plan = ReleasePlan::decide(fixture.n, fixture.k, &candidates).unwrap();
    let mut rng = StdRng::seed_from_u64(11);
    let questions = vec![QuestionShape { options: 5 }; 50];
    let sheets: Vec<Vec<u8>> = (0..fixture.n)
        .map(|_| (0..50).map(|_| rng.random_range(1..=5).max(rng.random_range(0..=5))).collect())
        .collect();
    let sheets: Vec<&[u8]> = sheets.iter().map(Vec::as_slice).collect();
    let table = release(&plan, &candidates, &questions, &sheets).unwrap();
    let cells: Vec<Cell<'_>> =
        plan.shown().flat_map(|cut| (0..50).map(move |q| (cut, q))).map(|(cut, q)| table.cell(cut, q)).collect();
    let counts = cells.iter().filter(|cell| matches!(cell, Cell::Shown(_))).count();
    println!("{counts} of {} cells show counts", cells.len());
    let few = cells.iter().filter(|cell| **cell == Cell::Hidden(SuppressionReason::BelowMinimum)).count();
    let bound = cells.iter().filter(|cell| matches!(cell, Cell::Unanimous { .. })).count();
    println!("{few} few, {bound} bounds");
    assert!(counts * 100 >= cells.len() * 80);
}

#[test]
fn other_versions_are_not_read() {
    assert_eq!(ResultTable::decode(b"HRT\x02........").unwrap_err(), DecodeError::Format);
    assert_eq!(ResultTable::decode(b"").unwrap_err(), DecodeError::Format);
    assert_eq!(ResultTable::decode(b"HRT\x01").unwrap_err(), DecodeError::Damaged);
}
