//! Comments and participation: the other two ways in which something leaves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use hearten_disclosure::{
    Candidate, CommentError, ReleaseError, ReleasePlan, SuppressionReason, Verdict, comment_plan, release_comments,
    release_participation,
};
use proptest::prelude::*;
use support::organisation::{Shape, generate};

fn cut(members: impl IntoIterator<Item = u32>) -> Candidate {
    Candidate { members: members.into_iter().collect() }
}

fn texts(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("comment {i}")).collect()
}

#[test]
fn comments_leave_in_the_order_given() {
    let candidates = [cut(0..20), cut(0..10)];
    let commenters: Vec<u32> = (0..20).step_by(2).collect();
    let plan = comment_plan(20, &[commenters], 10, &candidates).unwrap();
    assert_eq!(plan.verdict(0, 0), Verdict::Shown);
    assert_eq!(plan.verdict(0, 1), Verdict::Hidden(SuppressionReason::BelowMinimum));
    assert_eq!(plan.verdict(1, 0), Verdict::Hidden(SuppressionReason::NotInPlan));
    let order = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7];
    let released = release_comments(&plan, 0, &candidates, 0, &texts(10), &order).unwrap();
    assert_eq!(released.first().map(String::as_str), Some("comment 3"));
    assert_eq!(released.len(), 10);
    assert_eq!(format!("{released:?}"), "Released(..)");
    let refused = |cut, texts: &[String], order: &[usize]| {
        release_comments(&plan, 0, &candidates, cut, texts, order).unwrap_err()
    };
    assert_eq!(refused(1, &texts(10), &order), CommentError::Hidden(SuppressionReason::BelowMinimum));
    assert_eq!(refused(0, &texts(9), &order), CommentError::OtherPlan);
    assert_eq!(refused(0, &texts(10), &order[1..]), CommentError::Order);
    assert_eq!(refused(0, &texts(10), &[0; 10]), CommentError::Order);
}

#[test]
fn a_shared_text_does_not_point_at_the_overlap_of_two_groups() {
    // Two groups of twelve that share one person: sums would be fine, the one text that stands under both is not.
    let candidates = [cut(0..12), cut(11..23)];
    let everybody = vec![(0..23).collect()];
    let plan = comment_plan(23, &everybody, 10, &candidates).unwrap();
    assert_eq!(plan.verdict(0, 0), Verdict::Shown);
    assert_eq!(plan.verdict(0, 1), Verdict::Hidden(SuppressionReason::Complementary));
    let sums = ReleasePlan::decide(23, 10, &candidates).unwrap();
    assert_eq!(sums.verdict(1), Verdict::Shown);
}

#[test]
fn commenters_must_be_in_order() {
    assert_eq!(comment_plan(5, &[vec![], vec![2, 1]], 10, &[]).unwrap_err(), CommentError::Commenters(1));
    assert_eq!(comment_plan(5, &[vec![5]], 10, &[]).unwrap_err(), CommentError::Commenters(0));
}

#[test]
fn participation_is_a_band() {
    let candidates = [cut(0..40), cut(0..6), cut(0..4)];
    let plan = ReleasePlan::decide(40, 5, &candidates).unwrap();
    let answered: Vec<bool> = (0..40).map(|i| i % 3 != 0).collect();
    let table = release_participation(&plan, &candidates, &answered).unwrap();
    let band = table.band(0).unwrap();
    assert_eq!((band.invited, band.from_percent, band.to_percent), (40, 60, 70));
    let band = table.band(1).unwrap();
    assert_eq!((band.invited, band.from_percent, band.to_percent), (6, 50, 100));
    assert_eq!(table.band(2), Err(SuppressionReason::BelowMinimum));
    assert_eq!(table.band(3), Err(SuppressionReason::NotInPlan));
    let other = release_participation(&plan, &candidates, &answered[1..]).unwrap_err();
    assert_eq!(other, ReleaseError::OtherPlan);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// By enumeration: whoever took part, somebody else could have instead.
    #[test]
    fn nobodys_participation_is_forced(seed: u64, invited in 6..=13_usize, who in prop::collection::vec(prop::bool::weighted(0.85), 13)) {
        let shape = Shape { respondents: invited, divisions: 2, teams: 3, attributes: 1, values: 2, team_attributes: false };
        let candidates: Vec<Candidate> =
            generate(seed, shape).candidates.into_iter().map(|members| Candidate { members }).collect();
        let plan = ReleasePlan::decide(invited, 3, &candidates).unwrap();
        let table = release_participation(&plan, &candidates, &who[..invited]).unwrap();
        let fits = |answered: u32| candidates.iter().enumerate().all(|(at, candidate)| {
            table.band(at).is_err() || {
                let band = table.band(at).unwrap();
                let count = candidate.members.iter().filter(|&&x| answered >> x & 1 == 1).count() as u32;
                let share = count * 100;
                share >= u32::from(band.from_percent) * band.invited
                    && (band.to_percent == 100 || share < u32::from(band.to_percent) * band.invited)
            }
        });
        let all = (1_u32 << invited) - 1;
        let (mut some_yes, mut some_no) = (0, 0);
        for answered in (0..=all).filter(|&answered| fits(answered)) {
            some_yes |= answered;
            some_no |= !answered & all;
        }
        prop_assert_eq!((some_yes, some_no), (all, all));
    }
}
