//! Conversations as a calendar reads them (RFC 5545). Titles and names only: no agenda, no note, no check-in.

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

/// One conversation.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What names it for ever.
    pub uid: String,
    /// Title and names.
    pub summary: String,
    /// When it begins.
    pub begins: DateTime<Utc>,
    /// How long it takes.
    pub minutes: i32,
    /// Grows with each change.
    pub sequence: i32,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// Whether it does not take place.
    pub cancelled: bool,
}

/// The calendar of a person, as text. The same entries give the same text.
pub fn write(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Hearten//Conversations//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    calendar.name(&one_line(name));
    for entry in entries {
        let status = if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed };
        let mut event = Event::new();
        event
            .uid(&entry.uid)
            .summary(&one_line(&entry.summary))
            .starts(entry.begins)
            .ends(entry.begins + TimeDelta::minutes(i64::from(entry.minutes)))
            .sequence(u32::try_from(entry.sequence).unwrap_or(0))
            // Of what is published without a method, this is when it last changed; so an unchanged feed stays the same.
            .timestamp(entry.changed_at)
            .last_modified(entry.changed_at)
            .status(status);
        calendar.push(event.done());
    }
    calendar.to_string()
}

/// Titles have no line ends; should one, it is no reason for a second line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
