//! The moves as one table to be read, and what must hold of any clock.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::{LONGEST_SERVICE_HOURS, Move, ServiceTime, State, median_minutes};

const MOVES: [Move; 10] = [
    Move::AskBack,
    Move::Reply,
    Move::Answer,
    Move::Decline,
    Move::Fulfil,
    Move::Withdraw,
    Move::Reopen,
    Move::Assign,
    Move::Transfer,
    Move::Escalate,
];

#[test]
fn which_move_leads_where() {
    let mut table = String::new();
    for made in MOVES {
        let _ = write!(table, "{made:?}:");
        for from in State::ALL {
            if let Some(to) = from.after(made) {
                let _ = write!(table, " {from}>{to}");
            }
        }
        table.push('\n');
    }
    let expected = "\
AskBack: OPEN>WAITING
Reply: WAITING>OPEN
Answer: OPEN>ANSWERED WAITING>ANSWERED
Decline: OPEN>DECLINED WAITING>DECLINED
Fulfil: OPEN>FULFILLED WAITING>FULFILLED ANSWERED>FULFILLED
Withdraw: OPEN>WITHDRAWN WAITING>WITHDRAWN ANSWERED>WITHDRAWN
Reopen: ANSWERED>OPEN DECLINED>OPEN FULFILLED>OPEN
Assign: OPEN>OPEN WAITING>WAITING
Transfer: OPEN>OPEN WAITING>WAITING
Escalate: OPEN>OPEN
";
    assert_eq!(table, expected);
}

#[test]
fn states_read_back() {
    for state in State::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert!("OVERDUE".parse::<State>().is_err(), "it follows from the time");
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

#[test]
fn due_is_whichever_comes_first() {
    let due = |needed: Option<i64>| ServiceTime::begin(at(0), 24, needed.map(at)).due();
    assert_eq!(due(None), at(24));
    assert_eq!(due(Some(30)), at(24));
    assert_eq!(due(Some(8)), at(8));
    assert_eq!(due(Some(-1)), at(24), "what was needed yesterday is due when the service time is over");
}

#[test]
fn the_clock_stands_still_while_the_asker_is_waited_for() {
    let mut clock = ServiceTime::begin(at(0), 24, Some(at(40)));
    clock.pause(at(10));
    clock.pause(at(12));
    assert!(!clock.is_overdue(at(1_000)));
    clock.resume(at(20));
    assert_eq!((clock.due(), clock.paused), (at(34), TimeDelta::hours(10)));
    clock.resume(at(30));
    assert_eq!(clock.due(), at(34), "a clock that goes is not paused");
    assert!(!clock.is_overdue(at(33)) && clock.is_overdue(at(34)));
    clock.pause(at(33));
    clock.resume(at(43));
    assert_eq!(clock.due(), at(40), "the need does not move");
}

#[test]
fn what_is_overdue_climbs_again_after_another_service_time() {
    let clock = ServiceTime::begin(at(0), 24, Some(at(8)));
    assert_eq!([0, 7, 8, 32].map(|now| clock.climbs_at(at(now))), [at(8), at(8), at(32), at(56)]);
}

#[test]
fn medians() {
    let median = |minutes: &[i64]| {
        let mut durations: Vec<TimeDelta> = minutes.iter().map(|n| TimeDelta::minutes(*n)).collect();
        median_minutes(&mut durations)
    };
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[7]), Some(7));
    assert_eq!(median(&[9, 1]), Some(5));
    assert_eq!(median(&[60, 1, 30]), Some(30));
}

proptest! {
    #[test]
    fn pauses_never_bring_the_due_time_forward(
        hours in 1..LONGEST_SERVICE_HOURS,
        needed in proptest::option::of(1_i64..3_000),
        turns in proptest::collection::vec(0_i64..50, 0..10),
    ) {
        let mut clock = ServiceTime::begin(at(0), hours, needed.map(at));
        let (mut now, mut last) = (0, clock.due());
        for (n, turn) in turns.into_iter().enumerate() {
            now += turn;
            if n % 2 == 0 { clock.pause(at(now)) } else { clock.resume(at(now)) }
            prop_assert!(clock.due() >= last);
            last = clock.due();
            prop_assert!(clock.due() <= at(0) + TimeDelta::hours(i64::from(hours)) + clock.paused);
        }
    }
}
