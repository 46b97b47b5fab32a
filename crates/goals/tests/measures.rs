//! Measures, scores, and which goal may count in which.

use hearten_goals::{
    GoalLevel, Measure, MeasureProblem, Milestone, Place, Progress, ScoreHealth, Visibility, contributes, health,
    suggested_score,
};
use hearten_ids::{PersonId, TeamId};
use proptest::prelude::*;
use uuid::Uuid;

fn metric(start: i64, target: i64, current: i64) -> Measure {
    Measure::Metric { start, target, current }
}

fn steps(steps: &[(i32, bool)]) -> Measure {
    let step = |(weight, done): &(i32, bool)| Milestone { title: "step".to_owned(), weight: *weight, done: *done };
    Measure::Milestones(steps.iter().map(step).collect())
}

#[test]
fn how_far_measures_have_come() {
    for (measure, ppm) in [
        (metric(0, 100, 25), 250_000),
        (metric(0, 100, -5), 0),
        (metric(0, 100, 150), 1_000_000),
        // Falling: from 40 complaints to 10.
        (metric(40, 10, 40), 0),
        (metric(40, 10, 25), 500_000),
        (metric(40, 10, 5), 1_000_000),
        (metric(40, 10, 60), 0),
        (metric(-10, -4, -7), 500_000),
        (metric(0, 3, 1), 333_333),
        (metric(0, 3, 2), 666_667),
        (metric(7, 7, 7), 0),
        (Measure::Binary { done: false }, 0),
        (Measure::Binary { done: true }, 1_000_000),
        (steps(&[(1, true), (3, false)]), 250_000),
        (steps(&[(0, true), (3, false)]), 0),
        (steps(&[(0, true)]), 0),
    ] {
        assert_eq!(measure.progress().ppm(), ppm, "{measure:?}");
        assert_eq!(measure.reset().progress(), Progress::NOTHING);
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    assert_eq!(metric(5, 5, 0).check(), Err(MeasureProblem::TargetIsStart));
    assert_eq!(metric(0, i64::MAX, 0).check(), Err(MeasureProblem::TooLarge));
    assert_eq!(metric(0, 1, i64::MIN).check(), Err(MeasureProblem::TooLarge));
    assert_eq!(steps(&[]).check(), Err(MeasureProblem::MilestoneCount));
    assert_eq!(steps(&[(1, false); 21]).check(), Err(MeasureProblem::MilestoneCount));
    assert_eq!(steps(&[(101, false)]).check(), Err(MeasureProblem::Weight));
    assert_eq!(steps(&[(-1, false)]).check(), Err(MeasureProblem::Weight));
    assert_eq!(steps(&[(0, true)]).check(), Err(MeasureProblem::NoWeight));
    for fine in [metric(5, 4, 0), Measure::Binary { done: true }, steps(&[(1, true), (0, false)])] {
        assert_eq!(fine.check(), Ok(()));
    }
}

proptest! {
    #[test]
    fn a_metric_never_leaves_its_ends(start: i64, target: i64, current: i64) {
        let progress = metric(start, target, current).progress();
        prop_assert!((0..=1_000_000).contains(&progress.ppm()));
        if start != target {
            prop_assert_eq!(metric(start, target, start).progress(), Progress::NOTHING);
            prop_assert_eq!(metric(start, target, target).progress(), Progress::DONE);
        }
    }

    #[test]
    fn closer_to_the_target_is_never_less(start in -1000_i64..1000, target in -1000_i64..1000, a in -2000_i64..2000, b in -2000_i64..2000) {
        prop_assume!(start != target);
        let (closer, farther) = if (target > start) == (a > b) { (a, b) } else { (b, a) };
        prop_assert!(metric(start, target, closer).progress() >= metric(start, target, farther).progress());
    }
}

#[test]
fn scores_and_how_they_read() {
    for (ppm, score) in [(0, 0), (4_999, 0), (5_000, 1), (695_000, 70), (1_000_000, 100)] {
        assert_eq!(suggested_score(Progress::from_ppm(ppm)), score);
    }
    for (score, read) in [
        (0, ScoreHealth::Low),
        (59, ScoreHealth::Low),
        (60, ScoreHealth::Healthy),
        (80, ScoreHealth::Healthy),
        (81, ScoreHealth::High),
    ] {
        assert_eq!(health(score), read);
    }
}

#[test]
fn what_somebody_may_not_see_does_not_count_in_what_they_may() {
    use GoalLevel::{Organization, Person, Team};
    use Visibility::{Private, Public};
    let (here, there) = (TeamId(Uuid::from_u128(1)), TeamId(Uuid::from_u128(2)));
    let (ada, bo) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
    let place = |level, team, owner, visibility| Place { level, team, owner, visibility };
    let company = place(Organization, None, None, Public);
    let team = |id, visibility| place(Team, Some(id), None, visibility);
    let person = |id, visibility| place(Person, Some(here), Some(id), visibility);
    for (child, parent, counts) in [
        (person(ada, Public), company, true),
        (team(here, Visibility::Team), company, false),
        (team(here, Visibility::Team), team(here, Public), false),
        (team(here, Visibility::Team), team(here, Visibility::Team), true),
        (team(here, Visibility::Team), team(here, Private), true),
        (team(here, Visibility::Team), team(there, Visibility::Team), false),
        (team(here, Visibility::Team), person(ada, Visibility::Team), false),
        (person(ada, Visibility::Team), team(here, Visibility::Team), true),
        (person(ada, Visibility::Team), team(there, Visibility::Team), false),
        (person(ada, Visibility::Team), person(ada, Visibility::Team), true),
        (person(ada, Visibility::Team), person(bo, Visibility::Team), false),
        (person(ada, Private), person(ada, Private), true),
        (person(ada, Private), person(ada, Visibility::Team), false),
        (person(ada, Private), team(here, Private), false),
        (team(here, Private), team(here, Private), true),
        (team(here, Private), team(here, Visibility::Team), false),
        (team(here, Private), person(ada, Private), false),
    ] {
        assert_eq!(contributes(child, parent), counts, "{child:?} in {parent:?}");
    }
}
