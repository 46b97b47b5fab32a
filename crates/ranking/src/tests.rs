//! Textbook elections, and what must hold of any.

use proptest::prelude::*;

use crate::{Ballot, BallotError, Contest, Majorities, Order, Preference};

fn majorities(contest: Contest, ballots: &[Ballot]) -> Majorities {
    let mut majorities = Majorities::none(contest.options());
    for pair in contest.pairs() {
        let count = |wanted| ballots.iter().filter(|ballot| ballot.preference(pair) == wanted).count() as u32;
        majorities.set(pair, count(Preference::First), count(Preference::Second));
    }
    majorities
}

fn means(contest: Contest, ballots: &[Ballot]) -> Vec<f64> {
    let columns = contest.columns();
    (0..contest.options())
        .map(|option| {
            let mut counts = vec![0; usize::from(columns[option])];
            for ballot in ballots {
                counts[usize::from(contest.codes(ballot)[option]) - 1] += 1;
            }
            contest.mean_points(&counts).unwrap()
        })
        .collect()
}

fn order_of(contest: Contest, ballots: &[Ballot]) -> Order {
    majorities(contest, ballots).order()
}

/// `(how many, ranking)` as ballots.
fn ballots(contest: Contest, groups: &[(usize, &[usize])]) -> Vec<Ballot> {
    let group = |(n, ranking): &(usize, &[usize])| vec![contest.ballot(ranking).unwrap(); *n];
    groups.iter().flat_map(group).collect()
}

#[test]
fn what_is_no_ballot_is_told_at_its_place() {
    let contest = Contest::of(3).unwrap();
    assert_eq!(contest.ballot(&[]), Err(BallotError::Empty));
    assert_eq!(contest.ballot(&[0, 3]), Err(BallotError::Unknown(1)));
    assert_eq!(contest.ballot(&[2, 1, 2]), Err(BallotError::Repeated(2)));
    assert_eq!(contest.ballot(&[2, 0]).unwrap().ranking(), [2, 0]);
    assert!([0, 1, 21].into_iter().all(|n| Contest::of(n).is_none()));
}

#[test]
fn options_left_out_share_what_is_left() {
    let contest = Contest::of(4).unwrap();
    let ballot = contest.ballot(&[2]).unwrap();
    let points: Vec<u8> = (0..4).map(|option| contest.doubled_points(&ballot, option)).collect();
    assert_eq!(points, [2, 2, 6, 2], "3 points, and one for each of the others: 6 are given by every ballot");
}

/// The vote on the capital of Tennessee: Memphis, Nashville, Chattanooga, Knoxville. Nashville is the Condorcet winner,
/// and has 194 Borda points of 100 ballots.
#[test]
fn tennessee() {
    let contest = Contest::of(4).unwrap();
    let votes = ballots(contest, &[(42, &[0, 1, 2, 3]), (26, &[1, 2, 3, 0]), (15, &[2, 3, 1, 0]), (17, &[3, 2, 1, 0])]);
    assert_eq!(majorities(contest, &votes).condorcet_winner(), Some(1));
    assert_eq!(means(contest, &votes), [1.26, 1.94, 1.73, 1.07]);
    assert_eq!(order_of(contest, &votes).steps, [vec![1], vec![2], vec![3], vec![0]]);
}

/// The example of Schulze's paper and of every text since: 45 voters, five options, a circle, and the order E A C B D.
#[test]
fn a_circle_is_broken_as_schulze_does() {
    let contest = Contest::of(5).unwrap();
    let votes = ballots(
        contest,
        &[
            (5, &[0, 2, 1, 4, 3]),
            (5, &[0, 3, 4, 2, 1]),
            (8, &[1, 4, 3, 0, 2]),
            (3, &[2, 0, 1, 4, 3]),
            (7, &[2, 0, 4, 1, 3]),
            (2, &[2, 1, 0, 3, 4]),
            (7, &[3, 2, 4, 1, 0]),
            (8, &[4, 1, 0, 3, 2]),
        ],
    );
    assert_eq!(majorities(contest, &votes).condorcet_winner(), None);
    assert_eq!(order_of(contest, &votes).steps, [vec![4], vec![0], vec![2], vec![1], vec![3]]);
}

#[test]
fn a_perfect_circle_is_a_tie() {
    let contest = Contest::of(3).unwrap();
    let votes = ballots(contest, &[(1, &[0, 1, 2]), (1, &[1, 2, 0]), (1, &[2, 0, 1])]);
    assert_eq!(order_of(contest, &votes).steps, [vec![0, 1, 2]]);
    assert_eq!(means(contest, &votes), [1.0, 1.0, 1.0]);
}

/// A contest of 2 to 6 options and up to 12 ballots, each of which ranks some.
fn elections() -> impl Strategy<Value = (Contest, Vec<Vec<usize>>)> {
    (2_usize..=6).prop_flat_map(|n| {
        let ballot = (Just((0..n).collect::<Vec<_>>()).prop_shuffle(), 1..=n)
            .prop_map(|(order, ranked)| order[..ranked].to_vec());
        (Just(Contest::of(n).unwrap()), proptest::collection::vec(ballot, 1..12))
    })
}

fn cast(contest: Contest, rankings: &[Vec<usize>]) -> Vec<Ballot> {
    rankings.iter().map(|ranking| contest.ballot(ranking).unwrap()).collect()
}

proptest! {
    #[test]
    fn a_condorcet_winner_stands_first_and_alone((contest, rankings) in elections()) {
        let majorities = majorities(contest, &cast(contest, &rankings));
        if let Some(winner) = majorities.condorcet_winner() {
            prop_assert_eq!(&majorities.order().steps[0], &vec![winner]);
        }
    }

    #[test]
    fn who_votes_does_not_matter((contest, rankings) in elections(), turn in 0_usize..12) {
        let votes = cast(contest, &rankings);
        let mut others = votes.clone();
        others.rotate_left(turn % votes.len());
        prop_assert_eq!(order_of(contest, &votes), order_of(contest, &others));
        prop_assert_eq!(means(contest, &votes), means(contest, &others));
    }

    #[test]
    fn what_options_are_called_does_not_matter((contest, rankings) in elections(), turn in 0_usize..6) {
        let renamed = |option: &usize| (option + turn) % contest.options();
        let others: Vec<Vec<usize>> =
            rankings.iter().map(|ranking| ranking.iter().map(renamed).collect()).collect();
        let (votes, others) = (cast(contest, &rankings), cast(contest, &others));
        let mut expected = order_of(contest, &votes).steps;
        for step in &mut expected {
            *step = step.iter().map(renamed).collect();
            step.sort_unstable();
        }
        prop_assert_eq!(order_of(contest, &others).steps, expected);
        let (means, renamed_means) = (means(contest, &votes), means(contest, &others));
        for option in 0..contest.options() {
            prop_assert_eq!(means[option], renamed_means[renamed(&option)]);
        }
    }

    #[test]
    fn every_option_has_one_place((contest, rankings) in elections()) {
        let mut all = order_of(contest, &cast(contest, &rankings)).steps.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..contest.options()).collect::<Vec<_>>());
    }

    #[test]
    fn every_ballot_gives_the_same_number_of_points((contest, rankings) in elections()) {
        let n = contest.options();
        for ballot in cast(contest, &rankings) {
            let given: usize = (0..n).map(|option| usize::from(contest.doubled_points(&ballot, option))).sum();
            prop_assert_eq!(given, n * (n - 1));
            let (codes, columns) = (contest.codes(&ballot), contest.columns());
            prop_assert_eq!(codes.len(), columns.len());
            prop_assert!(codes.iter().zip(&columns).all(|(code, most)| (1..=*most).contains(code)));
        }
    }

    /// What everybody ranks the same way comes out so.
    #[test]
    fn one_mind_one_order(order in (2_usize..=6).prop_flat_map(|n| Just((0..n).collect::<Vec<_>>()).prop_shuffle()), n in 1_usize..9) {
        let contest = Contest::of(order.len()).unwrap();
        let votes = vec![contest.ballot(&order).unwrap(); n];
        prop_assert_eq!(order_of(contest, &votes).steps, order.iter().map(|option| vec![*option]).collect::<Vec<_>>());
    }
}
