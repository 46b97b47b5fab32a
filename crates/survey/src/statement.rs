//! The privacy notice in plain words. It may promise only what the program does, and names what it cannot prevent.

use std::collections::BTreeSet;

use crate::{AnonymityMode, Locale, PrivacyNotice, ReaderRole};

impl PrivacyNotice {
    /// The notice in plain words, for the respondent to read before the first question: a few paragraphs, separated by
    /// a blank line. In German for a German locale, in English for any other.
    pub fn statement(&self, locale: &Locale) -> String {
        let paragraphs = if locale.language() == "de" { german(self) } else { english(self) };
        paragraphs.join("\n\n")
    }
}

fn english(notice: &PrivacyNotice) -> Vec<String> {
    let readers = |roles| list(roles, english_role, "and", "nobody");
    let results = readers(&notice.results_visible_to);
    let comments = readers(&notice.comments_visible_to);
    let PrivacyNotice { minimum_group, comment_minimum, retention_days, .. } = notice;
    let mode = match notice.mode {
        AnonymityMode::Named => {
            "This survey is not anonymous: your answers are stored with your name. Those who may see the results can \
             see what you, personally, answered."
        }
        AnonymityMode::Confidential => {
            "This survey is confidential. While it accepts your answers, the server sees that it is you who answers, so \
             that everybody answers once. It records that you took part, and stores your answers apart from that, with \
             nothing that links the two: no name, no common key, no time. When the survey closes, all answers are \
             rewritten in random order (sealed), so that not even their position says anything. Until then, and in \
             backups made before then, somebody with full access to the server could still try to find out which \
             answers are yours.\n\nYou can change your answers until the survey closes, with a receipt that only you \
             keep. If you lose it, nobody can find your answers again."
        }
        AnonymityMode::Unlinkable => {
            "In this survey the server cannot link your answers to you. It signs a ballot for you without seeing it, as \
             through a sealed envelope, and counts that you got one; you then hand in your answers with the ballot, \
             without signing in. It stores no time and no name with them. What this cannot hide: the network address \
             you answer from while you are connected, and the moment at which you do. If you lose your ballot, your \
             vote is lost."
        }
    };
    let mut paragraphs = vec![mode.to_owned()];
    if notice.mode == AnonymityMode::Named {
        paragraphs.push(format!(
            "Your answers can be seen by: {results}. Your comments can be seen by: {comments}. Where results are summed \
             up for a group, the group has at least {minimum_group} respondents."
        ));
    } else {
        paragraphs.push(format!(
            "Results are shown for groups only, and only for groups of at least {minimum_group} respondents. Groups are \
             left out as well where comparing them with others could reveal a single answer. Results can be seen by: \
             {results}."
        ));
        paragraphs.push(format!(
            "Comments are shown word for word, in random order, once at least {comment_minimum} people in the group have \
             written one. They can be seen by: {comments}. What you write, and how, can give you away: leave out what \
             only you can know."
        ));
    }
    paragraphs.push(format!(
        "Single answers and comments are deleted {} after the survey closes. Published group results stay.",
        if *retention_days == 1 { "1 day".to_owned() } else { format!("{retention_days} days") }
    ));
    paragraphs
}

fn german(notice: &PrivacyNotice) -> Vec<String> {
    let readers = |roles| list(roles, german_role, "und", "niemand");
    let results = readers(&notice.results_visible_to);
    let comments = readers(&notice.comments_visible_to);
    let PrivacyNotice { minimum_group, comment_minimum, retention_days, .. } = notice;
    let mode = match notice.mode {
        AnonymityMode::Named => {
            "Diese Umfrage ist nicht anonym: Ihre Antworten werden mit Ihrem Namen gespeichert. Wer die Ergebnisse sehen \
             darf, kann sehen, was Sie persönlich geantwortet haben."
        }
        AnonymityMode::Confidential => {
            "Diese Umfrage ist vertraulich. Während der Server Ihre Antworten annimmt, sieht er, dass Sie es sind, damit \
             alle nur einmal antworten. Er vermerkt, dass Sie teilgenommen haben, und speichert Ihre Antworten getrennt \
             davon, ohne etwas, das beides verbindet: kein Name, kein gemeinsamer Schlüssel, keine Uhrzeit. Wenn die \
             Umfrage schließt, werden alle Antworten in zufälliger Reihenfolge neu geschrieben (versiegelt), sodass auch \
             ihre Position nichts mehr verrät. Bis dahin, und in Sicherungskopien von davor, könnte jemand mit vollem \
             Zugriff auf den Server noch versuchen, Ihre Antworten zu finden.\n\nSie können Ihre Antworten ändern, bis \
             die Umfrage schließt: mit einem Beleg, den nur Sie haben. Geht er verloren, kann niemand Ihre Antworten \
             wiederfinden."
        }
        AnonymityMode::Unlinkable => {
            "In dieser Umfrage kann der Server Ihre Antworten nicht mit Ihnen verbinden. Er unterschreibt Ihren \
             Stimmzettel, ohne ihn zu sehen, wie durch einen verschlossenen Umschlag, und zählt, dass Sie einen bekommen \
             haben; mit dem Stimmzettel geben Sie Ihre Antworten ab, ohne sich anzumelden. Gespeichert werden dazu weder \
             Uhrzeit noch Name. Was sich nicht verbergen lässt: die Netzwerkadresse, von der Sie antworten, solange Sie \
             verbunden sind, und der Zeitpunkt. Geht Ihr Stimmzettel verloren, ist Ihre Stimme verloren."
        }
    };
    let mut paragraphs = vec![mode.to_owned()];
    if notice.mode == AnonymityMode::Named {
        paragraphs.push(format!(
            "Ihre Antworten sehen dürfen: {results}. Ihre Kommentare sehen dürfen: {comments}. Wo Ergebnisse für eine \
             Gruppe zusammengefasst werden, haben in ihr mindestens {minimum_group} Personen geantwortet."
        ));
    } else {
        paragraphs.push(format!(
            "Ergebnisse werden nur für Gruppen gezeigt, und nur für Gruppen, in denen mindestens {minimum_group} \
             Personen geantwortet haben. Gruppen entfallen auch dort, wo ein Vergleich mit anderen eine einzelne Antwort \
             verraten könnte. Die Ergebnisse sehen dürfen: {results}."
        ));
        paragraphs.push(format!(
            "Kommentare werden wörtlich und in zufälliger Reihenfolge gezeigt, sobald mindestens {comment_minimum} \
             Personen der Gruppe einen geschrieben haben. Sehen dürfen sie: {comments}. Was Sie schreiben und wie, kann \
             Sie verraten: Lassen Sie weg, was nur Sie wissen können."
        ));
    }
    paragraphs.push(format!(
        "Einzelne Antworten und Kommentare werden {} nach dem Ende der Umfrage gelöscht. Veröffentlichte \
         Gruppenergebnisse bleiben.",
        if *retention_days == 1 { "1 Tag".to_owned() } else { format!("{retention_days} Tage") }
    ));
    paragraphs
}

fn english_role(role: ReaderRole) -> &'static str {
    match role {
        ReaderRole::Admin => "administrators",
        ReaderRole::PeoplePartner => "the people team",
        ReaderRole::Executive => "the leadership",
        ReaderRole::Manager => "managers, for their own teams",
        ReaderRole::Employee => "everybody in the organisation",
    }
}

fn german_role(role: ReaderRole) -> &'static str {
    match role {
        ReaderRole::Admin => "Administratorinnen und Administratoren",
        ReaderRole::PeoplePartner => "das Personalteam",
        ReaderRole::Executive => "die Geschäftsleitung",
        ReaderRole::Manager => "Führungskräfte für ihre eigenen Teams",
        ReaderRole::Employee => "alle in der Organisation",
    }
}

/// The roles in words. Separated by semicolons, because a role's own words may hold an "and" or a comma.
fn list(roles: &BTreeSet<ReaderRole>, word: fn(ReaderRole) -> &'static str, and: &str, nobody: &str) -> String {
    let words: Vec<&str> = roles.iter().map(|role| word(*role)).collect();
    match words.split_last() {
        None => nobody.to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, before)) => format!("{}; {and} {last}", before.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(mode: AnonymityMode, tag: &str) -> String {
        PrivacyNotice { mode, minimum_group: 7, comment_minimum: 13, retention_days: 99, ..PrivacyNotice::default() }
            .statement(&Locale::parse(tag).unwrap())
    }

    #[test]
    fn a_confidential_statement_says_what_the_server_sees_and_keeps() {
        let english = statement(AnonymityMode::Confidential, "en-GB");
        for promise in ["the server sees that it is you", "nothing that links", "(sealed)", "backups", "full access"] {
            assert!(english.contains(promise), "{promise}");
        }
        for wrong in ["anonymous", "cannot link"] {
            assert!(!english.contains(wrong), "{wrong}");
        }
        let german = statement(AnonymityMode::Confidential, "de-AT");
        for promise in ["sieht er, dass Sie es sind", "(versiegelt)", "Sicherungskopien", "vollem Zugriff"] {
            assert!(german.contains(promise), "{promise}");
        }
        assert!(!german.contains("anonym"));
    }

    #[test]
    fn every_statement_names_its_numbers_and_readers() {
        for tag in ["en", "de", "fr"] {
            for mode in AnonymityMode::ALL {
                let text = statement(*mode, tag);
                assert!(text.contains('7') && text.contains("99"), "{text}");
                assert_eq!(text.contains("13"), *mode != AnonymityMode::Named, "{text}");
                assert!(!text.contains("  "), "{text}");
            }
        }
        assert!(statement(AnonymityMode::Named, "en").contains("not anonymous"));
        assert!(statement(AnonymityMode::Unlinkable, "fr").contains("cannot link"));
        let nobody = PrivacyNotice { comments_visible_to: BTreeSet::new(), ..PrivacyNotice::default() };
        assert!(nobody.statement(&Locale::english()).contains("They can be seen by: nobody."));
    }
}
