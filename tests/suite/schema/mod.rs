//! The public schema as it lies in the repository: it is current, it is a manual, and it breaks no client.

mod breaking;
mod manual;
mod promises;

use std::path::Path;

use chrono::{NaiveDate, Utc};
use promises::Promises;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// `schema.graphql` is generated; clients read it, so it must not lag behind.
#[test]
fn schema_is_current() {
    let current = hearten_api::graphql::schema::sdl();
    assert!(
        read("../schema.graphql").trim_end() == current.trim_end(),
        "schema.graphql is stale; refresh it with: cargo run --quiet -- schema > schema.graphql"
    );
}

#[expect(clippy::disallowed_methods, reason = "what was deprecated until a day stays until that day is really over")]
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// What was released is promised: it may grow, and what is to go is announced first.
#[test]
fn schema_keeps_what_was_released() {
    let released = Promises::read(&read("suite/schema/released.graphql"));
    let current = Promises::read(&read("../schema.graphql"));
    let broken = breaking::changes(&released, &current, today());
    assert!(
        broken.is_empty(),
        "schema.graphql breaks clients of what was released:\n  {}\n\
         Keep it beside what replaces it, and mark it @deprecated(reason: \"Use x. Removed after 2027-12-31.\"): it may \
         go when that date is over.\nBefore the first release, or when a review decided that nobody is hurt, accept it: \
         cp schema.graphql tests/suite/schema/released.graphql",
        broken.join("\n  ")
    );
}

#[test]
fn schema_describes_everything() {
    let silent = manual::undescribed(&read("../schema.graphql"));
    assert!(silent.is_empty(), "without a description:\n  {}", silent.join("\n  "));
}

#[test]
fn schema_deprecates_with_a_replacement_and_a_date() {
    let unclear = manual::unclear_deprecations(&read("../schema.graphql"));
    assert!(unclear.is_empty(), "not deprecated as docs/API.md promises:\n  {}", unclear.join("\n  "));
}
