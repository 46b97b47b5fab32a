//! The digest: when it is due, and what it says. It counts what somebody has not seen, by area, and names nobody and
//! nothing: mail lies about in many places.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveTime, Utc, Weekday};

use super::{HappeningKind, types::DigestCadence};

/// Digests leave at this hour, UTC.
const HOUR: u32 = 6;

/// When the first digest after `moment` is due; None without digests.
pub fn next_after(cadence: DigestCadence, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = NaiveTime::from_hms_opt(HOUR, 0, 0)?;
    let wanted = |day: Weekday| match cadence {
        DigestCadence::None => false,
        DigestCadence::Daily => day.number_from_monday() <= 5,
        DigestCadence::Weekly => day == Weekday::Mon,
    };
    (0..=7)
        .filter_map(|ahead| moment.date_naive().checked_add_days(Days::new(ahead)))
        .map(|day| day.and_time(at).and_utc())
        .find(|due| *due > moment && wanted(due.weekday()))
}

/// What a digest is written from.
#[derive(Debug, Clone)]
pub struct Digest<'a> {
    /// The person's language, such as "de-AT"; English for one that is not spoken here.
    pub locale: Option<&'a str>,
    /// The name of the person it is for.
    pub name: &'a str,
    /// The name of the organization.
    pub organization: &'a str,
    /// What the person has not seen: kinds, one each.
    pub kinds: &'a [HappeningKind],
    /// Whether there is more than was counted.
    pub more: bool,
    /// Where the application is; empty when nobody said.
    pub application_url: &'a str,
}

impl Digest<'_> {
    /// The language it is written in.
    pub fn language(&self) -> &'static str {
        if self.locale.is_some_and(|locale| locale.split(['-', '_']).next() == Some("de")) { "de" } else { "en" }
    }

    /// What it is about, and what it says.
    pub fn write(&self) -> (String, String) {
        let german = self.language() == "de";
        let count = format!("{}{}", self.kinds.len(), if self.more { "+" } else { "" });
        let mut areas: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in self.kinds {
            *areas.entry(kind.area()).or_default() += 1;
        }
        let lines: String =
            areas.iter().map(|(area, count)| format!("  {count} × {}\n", label(area, german))).collect();
        let one = self.kinds.len() == 1 && !self.more;
        let subject = match (german, one) {
            (true, true) => format!("Eine Neuigkeit für Sie bei {}", self.organization),
            (true, false) => format!("{count} Neuigkeiten für Sie bei {}", self.organization),
            (false, true) => format!("One thing is new for you at {}", self.organization),
            (false, false) => format!("{count} things are new for you at {}", self.organization),
        };
        let (hello, new, look, why) = if german {
            (
                "Guten Tag",
                "Das haben Sie noch nicht gesehen:",
                "Ansehen",
                "Sie bekommen diese Nachricht, weil Sie eine Zusammenfassung gewünscht haben. In Ihren Einstellungen können \
                 Sie sie abbestellen.",
            )
        } else {
            (
                "Hello",
                "You have not seen yet:",
                "Have a look",
                "You get this mail because you asked for a digest. You can end it in your settings.",
            )
        };
        let url = self.application_url;
        let place = if url.is_empty() { String::new() } else { format!("{look}: {url}\n\n") };
        (subject, format!("{hello} {},\n\n{new}\n\n{lines}\n{place}{why}\n", self.name))
    }
}

/// What people call an area. One that has no name here is called by its own.
fn label(area: &str, german: bool) -> &str {
    let (english, other) = match area {
        "survey" => ("surveys", "Umfragen"),
        "goal" => ("goals", "Ziele"),
        "expectation" => ("expectations", "Erwartungen"),
        "responsibility" => ("responsibilities", "Verantwortungen"),
        "conversation" => ("conversations", "Gespräche"),
        "action_item" => ("action items", "Vereinbarungen"),
        "request" => ("requests", "Anfragen"),
        "priorities" => ("priorities", "Prioritäten"),
        "friction" => ("friction", "Reibung"),
        "recognition" => ("recognition", "Anerkennung"),
        "reward" => ("rewards", "Prämien"),
        "allowance" => ("points to give", "Punkte zum Verschenken"),
        other => (other, other),
    };
    if german { other } else { english }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_come_on_working_days_or_mondays() {
        let next = |cadence, moment: &str| {
            next_after(cadence, moment.parse().unwrap()).map(|due| due.format("%a %d %H").to_string())
        };
        // 2026-11-23 is a Monday.
        assert_eq!(next(DigestCadence::None, "2026-11-23T05:00:00Z"), None);
        assert_eq!(next(DigestCadence::Daily, "2026-11-23T05:00:00Z").unwrap(), "Mon 23 06");
        assert_eq!(next(DigestCadence::Daily, "2026-11-23T06:00:00Z").unwrap(), "Tue 24 06");
        assert_eq!(next(DigestCadence::Daily, "2026-11-27T12:00:00Z").unwrap(), "Mon 30 06");
        assert_eq!(next(DigestCadence::Weekly, "2026-11-23T06:00:00Z").unwrap(), "Mon 30 06");
        assert_eq!(next(DigestCadence::Weekly, "2026-11-23T05:59:00Z").unwrap(), "Mon 23 06");
    }

    #[test]
    fn a_digest_counts_by_area_in_two_languages() {
        let kinds = [HappeningKind::SurveyOpened, HappeningKind::SurveyOpened];
        let mut digest = Digest {
            locale: Some("de-CH"),
            name: "Emil",
            organization: "Acme",
            kinds: &kinds,
            more: false,
            application_url: "https://app.example",
        };
        let (subject, text) = digest.write();
        assert_eq!(subject, "2 Neuigkeiten für Sie bei Acme");
        assert!(text.contains("  2 × Umfragen\n") && text.contains("Ansehen: https://app.example\n"), "{text}");
        (digest.locale, digest.kinds, digest.application_url) = (Some("fr"), &kinds[..1], "");
        let (subject, text) = digest.write();
        assert_eq!(subject, "One thing is new for you at Acme");
        assert!(text.contains("1 × surveys") && !text.contains("Have a look"), "{text}");
    }
}
