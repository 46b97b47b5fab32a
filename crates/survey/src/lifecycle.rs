//! What kinds of survey there are, and what becomes of one.

named_values! {
    /// What a survey is for. It changes defaults, never the privacy rules.
    SurveyKind {
        /// The broad survey of all drivers, once or twice a year.
        Engagement = "ENGAGEMENT",
        /// A few questions, often; questions rotate.
        Pulse = "PULSE",
        /// Triggered per person: first week, 30 and 90 days, anniversary.
        Lifecycle = "LIFECYCLE",
        /// The one recommendation question, with a reason.
        Enps = "ENPS",
        /// What matters most to people: asked, never guessed.
        Priorities = "PRIORITIES",
        /// Asked of somebody who leaves.
        Exit = "EXIT",
        /// Anything else.
        Custom = "CUSTOM",
    }
}

named_values! {
    /// Where a survey stands.
    SurveyState {
        /// Being written; everything can change.
        Draft = "DRAFT",
        /// Launched for a later day: questions, audience, thresholds and notice are frozen.
        Scheduled = "SCHEDULED",
        /// Taking answers.
        Open = "OPEN",
        /// Takes no more answers; sheets are sealed, nothing is shown yet.
        Closed = "CLOSED",
        /// Results were published.
        Published = "PUBLISHED",
        /// Too few answered: nothing will ever be shown.
        Withheld = "WITHHELD",
        /// Put away.
        Archived = "ARCHIVED",
    }
}

impl SurveyState {
    /// Whether a survey in this state may take the next one.
    ///
    /// A scheduled survey may go back to draft, for nobody has seen it yet. An open one can only be closed: sheets must
    /// be sealed, and their publication decided, before anything else happens to them.
    pub const fn may_become(self, next: Self) -> bool {
        use SurveyState::{Archived, Closed, Draft, Open, Published, Scheduled, Withheld};
        match self {
            Draft => matches!(next, Scheduled | Open | Archived),
            Scheduled => matches!(next, Draft | Open | Archived),
            Open => matches!(next, Closed),
            Closed => matches!(next, Published | Withheld),
            Published | Withheld => matches!(next, Archived),
            Archived => false,
        }
    }

    /// Whether questions, audience, thresholds and notice can no longer change.
    pub const fn is_frozen(self) -> bool {
        !matches!(self, Self::Draft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_transitions_exist() {
        let allowed: Vec<String> = SurveyState::ALL
            .iter()
            .flat_map(|from| SurveyState::ALL.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| from.may_become(*to))
            .map(|(from, to)| format!("{from} {to}"))
            .collect();
        assert_eq!(
            allowed,
            [
                "DRAFT SCHEDULED",
                "DRAFT OPEN",
                "DRAFT ARCHIVED",
                "SCHEDULED DRAFT",
                "SCHEDULED OPEN",
                "SCHEDULED ARCHIVED",
                "OPEN CLOSED",
                "CLOSED PUBLISHED",
                "CLOSED WITHHELD",
                "PUBLISHED ARCHIVED",
                "WITHHELD ARCHIVED",
            ]
        );
    }

    #[test]
    fn one_spelling_everywhere() {
        for kind in SurveyKind::ALL {
            assert_eq!(kind.as_str().parse::<SurveyKind>().unwrap(), *kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("engagement".parse::<SurveyKind>().is_err());
        let long = "x".repeat(99).parse::<SurveyState>().unwrap_err();
        assert_eq!((long.list, long.found.len()), ("SurveyState", 40));
    }
}
