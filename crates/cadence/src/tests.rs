use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use proptest::prelude::*;

use super::{Cadence, Rhythm, Slot, UnknownZone, Zone};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn cadence(rhythm: Rhythm, starts_on: &str, at: &str, zone: &str) -> Cadence {
    let at = NaiveTime::parse_from_str(at, "%H:%M").unwrap();
    Cadence { rhythm, starts_on: day(starts_on), at, zone: zone.parse().unwrap() }
}

fn moments(cadence: &Cadence, many: u32) -> Vec<String> {
    (0..many).map_while(|n| cadence.slot(n)).map(|slot| slot.at.to_rfc3339()).collect()
}

#[test]
fn the_local_time_stays_when_the_clocks_change() {
    let weekly = cadence(Rhythm::Weeks(1), "2026-10-20", "10:00", "Europe/Berlin");
    assert_eq!(
        moments(&weekly, 3),
        ["2026-10-20T08:00:00+00:00", "2026-10-27T09:00:00+00:00", "2026-11-03T09:00:00+00:00"]
    );
    let spring = cadence(Rhythm::Weeks(1), "2026-03-02", "09:30", "America/New_York");
    assert_eq!(moments(&spring, 2), ["2026-03-02T14:30:00+00:00", "2026-03-09T13:30:00+00:00"]);
}

#[test]
fn a_time_that_clocks_skip_or_show_twice_is_still_one_moment() {
    let at = |zone: &str, on: &str, at: &str| {
        let zone: Zone = zone.parse().unwrap();
        zone.moment(day(on), NaiveTime::parse_from_str(at, "%H:%M").unwrap()).to_rfc3339()
    };
    // Skipped: 02:30 would have been 01:30 UTC.
    assert_eq!(at("Europe/Berlin", "2026-03-29", "02:30"), "2026-03-29T01:30:00+00:00");
    // Twice: the first, in summer time.
    assert_eq!(at("Europe/Berlin", "2026-10-25", "02:30"), "2026-10-25T00:30:00+00:00");
    // Half an hour only, and a whole day.
    assert_eq!(at("Australia/Lord_Howe", "2026-10-04", "02:15"), "2026-10-03T15:45:00+00:00");
    assert_eq!(at("Pacific/Apia", "2011-12-30", "12:00"), "2011-12-30T22:00:00+00:00");
    assert_eq!(at("UTC", "2026-03-29", "02:30"), "2026-03-29T02:30:00+00:00");
}

#[test]
fn months_keep_the_day_and_short_months_take_their_last() {
    let monthly = cadence(Rhythm::Months(1), "2027-12-31", "08:00", "UTC");
    let days: Vec<_> = (0..5).map(|n| monthly.slot(n).unwrap().on.to_string()).collect();
    assert_eq!(days, ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]);
    let quarterly = cadence(Rhythm::Months(3), "2026-01-15", "08:00", "UTC");
    assert_eq!(quarterly.first_after(moment("2026-04-15T08:00:00Z")).unwrap().on, day("2026-07-15"));
}

#[test]
fn what_happens_once_happens_once() {
    let once = cadence(Rhythm::Once, "2026-11-24", "08:00", "UTC");
    assert_eq!(once.slot(1), None);
    assert_eq!(once.first_after(moment("2026-11-24T08:00:00Z")), None);
    assert_eq!(
        once.first_after(moment("2026-11-24T07:59:59Z")),
        Some(Slot { at: moment("2026-11-24T08:00:00Z"), on: day("2026-11-24") })
    );
}

#[test]
fn the_calendar_has_an_end_and_nothing_panics_there() {
    let far =
        Cadence { rhythm: Rhythm::Weeks(u32::MAX), starts_on: NaiveDate::MAX, at: NaiveTime::MIN, zone: Zone::UTC };
    assert_eq!(far.slot(u32::MAX), None);
    let months = Cadence { rhythm: Rhythm::Months(u32::MAX), starts_on: day("2026-01-01"), ..far };
    assert_eq!(months.slot(u32::MAX), None);
}

#[test]
fn zones_are_known_by_their_names() {
    assert_eq!("Europe/Berlin".parse::<Zone>().unwrap().name(), "Europe/Berlin");
    for name in ["", "Berlin", "Europe/Atlantis", "+01:00"] {
        assert_eq!(name.parse::<Zone>(), Err(UnknownZone), "{name}");
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Casablanca",
];

prop_compose! {
    fn cadences()(
        rhythm in prop_oneof![(1_u32..=26).prop_map(Rhythm::Weeks), (1_u32..=12).prop_map(Rhythm::Months)],
        days in 0_i64..20_000,
        minutes in 0_u32..1_440,
        zone in 0..ZONES.len(),
    ) -> Cadence {
        let starts_on = day("1990-01-01") + TimeDelta::days(days);
        let at = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap();
        Cadence { rhythm, starts_on, at, zone: ZONES[zone].parse().unwrap() }
    }
}

proptest! {
    #[test]
    fn occurrences_grow_and_fall_on_the_day_of_the_rhythm(cadence in cadences(), n in 0_u32..400) {
        let (slot, next) = (cadence.slot(n).unwrap(), cadence.slot(n + 1).unwrap());
        prop_assert!(slot.at < next.at && slot.on < next.on);
        match cadence.rhythm {
            Rhythm::Weeks(_) => prop_assert_eq!(slot.on.weekday(), cadence.starts_on.weekday()),
            Rhythm::Months(_) => {
                let kept = slot.on.day() == cadence.starts_on.day();
                let last = (slot.on + TimeDelta::days(1)).day() == 1;
                prop_assert!(kept || last);
            }
            Rhythm::Once => unreachable!(),
        }
    }

    #[test]
    fn clocks_there_show_the_agreed_time_or_skipped_it(cadence in cadences(), n in 0_u32..400) {
        let slot = cadence.slot(n).unwrap();
        let tz: chrono_tz::Tz = cadence.zone.name().parse().unwrap();
        let shown = slot.at.with_timezone(&tz);
        let skipped = chrono::TimeZone::from_local_datetime(&tz, &slot.on.and_time(cadence.at)).earliest().is_none();
        prop_assert!(skipped || (shown.date_naive() == slot.on && shown.time() == cadence.at), "{shown}");
        prop_assert_eq!(shown.second(), 0);
    }

    #[test]
    fn the_first_after_a_moment_is_the_first(cadence in cadences(), n in 0_u32..400, offset in -90_000_i64..90_000) {
        let moment = cadence.slot(n).unwrap().at + TimeDelta::seconds(offset);
        let found = cadence.first_after(moment).unwrap();
        let naive = (0..).filter_map(|n| cadence.slot(n)).find(|slot| slot.at > moment).unwrap();
        prop_assert_eq!(found, naive);
    }
}
