//! What a friction costs: minutes lost a week in all.

use hearten_entity::friction;

/// How many a friction affects: those who said so, or as many as were reported, whichever is more. Nobody counts twice,
/// because somebody who votes is most likely among those reported.
pub fn people(row: &friction::Model) -> i32 {
    row.people.max(row.vote_count)
}

/// Minutes lost a week for each person affected: the mean of what was reported and of what voters said.
pub fn mean_minutes(row: &friction::Model) -> f64 {
    let (sum, count) = estimates(row);
    sum as f64 / count as f64
}

/// Minutes lost a week in all: mean minutes × people, rounded to the nearest minute, halves up.
pub fn cost(row: &friction::Model) -> i64 {
    let (sum, count) = estimates(row);
    (2 * sum * i64::from(people(row)) + count) / (2 * count)
}

fn estimates(row: &friction::Model) -> (i64, i64) {
    (i64::from(row.minutes) + row.vote_minutes_sum, 1 + i64::from(row.vote_minutes_count))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use hearten_ids::{FrictionId, OrganizationId};
    use uuid::Uuid;

    use super::*;

    fn row(minutes: i32, people: i32, votes: (i32, i64, i32)) -> friction::Model {
        friction::Model {
            id: FrictionId(Uuid::nil()),
            organization_id: OrganizationId(Uuid::nil()),
            title: String::new(),
            process: String::new(),
            description: String::new(),
            frequency: String::new(),
            minutes,
            people,
            vote_count: votes.0,
            vote_minutes_sum: votes.1,
            vote_minutes_count: votes.2,
            cost: 0,
            team_id: None,
            reporter_id: None,
            state: String::new(),
            reject_reason: None,
            merged_into: None,
            reported_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn minutes_times_people() {
        assert_eq!(cost(&row(30, 10, (0, 0, 0))), 300);
        assert_eq!(cost(&row(30, 10, (3, 0, 0))), 300, "three of the ten said so");
        assert_eq!(cost(&row(30, 2, (3, 0, 0))), 90, "more said so than were reported");
        assert_eq!(cost(&row(30, 10, (1, 60, 1))), 450, "the mean of 30 and 60");
        assert_eq!(cost(&row(1, 1, (2, 1, 2))), 1, "two thirds of a minute for two, which is 1.33");
        assert_eq!(cost(&row(1, 1, (3, 0, 1))), 2, "one and a half");
        assert_eq!(cost(&row(2_400, i32::MAX, (0, 0, 0))), 2_400 * i64::from(i32::MAX));
    }
}
