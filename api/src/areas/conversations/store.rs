//! Series and conversations as the services think of them, read from their rows, and how much there may be of each.

use chrono::{NaiveTime, TimeDelta};
use hearten_cadence::{Cadence, Rhythm};
use hearten_entity::conversation_series;
use serde::{Deserialize, Serialize};

use crate::graphql::error::Exception;

/// The people of a series, the one who began it included.
pub const MOST_PARTICIPANTS: usize = 50;
/// The series one person takes part in at once, when beginning one more.
pub const MOST_SERIES: u64 = 200;
/// Points on the agenda of one conversation.
pub const MOST_AGENDA_ITEMS: u64 = 100;
/// Action items of one conversation.
pub const MOST_ACTION_ITEMS: u64 = 50;
/// Priorities, and blockers, of one person before a conversation.
pub const MOST_POINTS: usize = 5;
/// Sections of a template, and talking points of a section.
pub const MOST_SECTIONS: usize = 12;
/// Templates of an organization that are in use.
pub const MOST_TEMPLATES: u64 = 100;
/// Calendar feeds of a person that work.
pub const MOST_FEEDS: u64 = 10;

/// Characters of a title or a name.
pub const LONGEST_TITLE: usize = 120;
/// Characters of a point: of an agenda, a template, a check-in.
pub const LONGEST_POINT: usize = 500;
/// Characters of a note.
pub const LONGEST_NOTE: usize = 20_000;

/// Minutes a conversation takes.
pub const DURATIONS: std::ops::RangeInclusive<i32> = 5..=480;
/// How far ahead something may be planned.
pub const FARTHEST: TimeDelta = TimeDelta::days(2 * 366);

macro_rules! stored_enum {
    ($(#[$doc:meta])* $graphql:literal $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $text:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
        #[graphql(name = $graphql)]
        pub enum $name { $( $(#[$variant_doc])* $variant, )* }

        impl $name {
            /// As stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads what was stored.
            ///
            /// # Errors
            /// INTERNAL when something else wrote it.
            pub fn read(text: &str) -> Result<Self, Exception> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(Exception::internal(anyhow::anyhow!(concat!("an unknown ", $graphql)))),
                }
            }
        }
    };
}

stored_enum! {
    /// Who talks.
    "ConversationKind" SeriesKind {
        /// Two people.
        OneOnOne = "ONE_ON_ONE",
        /// Two to fifty people; whoever began it is the host.
        Team = "TEAM",
    }
}

stored_enum! {
    /// Where a conversation stands.
    "ConversationState" ConversationState {
        /// It is yet to take place.
        Planned = "PLANNED",
        /// It took place.
        Held = "HELD",
        /// It was left out; the next one is planned.
        Skipped = "SKIPPED",
        /// The series ended before it took place.
        Cancelled = "CANCELLED",
    }
}

stored_enum! {
    /// How often a conversation recurs.
    "ConversationRhythm" RhythmName {
        /// Not by itself: each one is planned by hand.
        None = "NONE",
        /// Every so many weeks, on the weekday of the first day.
        Weekly = "WEEKLY",
        /// Every so many months, on the day of the month of the first day.
        Monthly = "MONTHLY",
    }
}

/// A text that may be there in German, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The text.
    pub text: String,
    /// The same in German.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub german: Option<String>,
}

impl Words {
    /// A text in the one language it was written in.
    pub fn plain(text: String) -> Self {
        Self { text, german: None }
    }

    /// A text in English and German.
    pub fn pair(english: &str, german: &str) -> Self {
        Self { text: english.to_owned(), german: Some(german.to_owned()) }
    }

    /// The text for somebody who reads `locale`.
    pub fn for_reader(&self, locale: Option<&str>) -> &str {
        let german = locale.is_some_and(|locale| locale == "de" || locale.starts_with("de-"));
        self.german.as_deref().filter(|_| german).unwrap_or(&self.text)
    }
}

/// A section of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is about.
    pub title: Words,
    /// What one may talk about in it.
    pub talking_points: Vec<Words>,
}

/// When the conversations of a series take place.
///
/// # Errors
/// INTERNAL when the row was written by something else.
pub fn cadence_of(row: &conversation_series::Model) -> Result<Cadence, Exception> {
    let every = u32::try_from(row.every).unwrap_or(1).max(1);
    let rhythm = match RhythmName::read(&row.rhythm)? {
        RhythmName::None => Rhythm::Once,
        RhythmName::Weekly => Rhythm::Weeks(every),
        RhythmName::Monthly => Rhythm::Months(every),
    };
    let seconds = u32::try_from(row.local_minute).unwrap_or(0) * 60;
    Ok(Cadence {
        rhythm,
        starts_on: row.starts_on,
        at: NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN),
        zone: row.time_zone.parse().map_err(Exception::internal)?,
    })
}

/// The wall clock time in minutes after midnight as people write it.
pub fn clock_time(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
