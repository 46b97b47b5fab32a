//! The built-in question bank: own wording, English and German, on constructs known from published research.
//!
//! Every rating has five points of agreement. No item is taken from a licensed questionnaire (Gallup Q12, MBI, BAT,
//! UWES), and none may be added. Keys are stable: a changed meaning needs a new key, or trends would compare two things.

use crate::{Locale, Question, QuestionKind, Questionnaire, Section, Texts};

/// To be shown wherever an eNPS is shown: the owners of the marks ask for it.
pub const NET_PROMOTER_NOTICE: &str = "Net Promoter, NPS and Net Promoter Score are marks of Bain & Company, Inc., \
                                       NICE Systems, Inc. and Fred Reichheld.";

/// Driver (and section) key, its title in English and in German.
const DRIVERS: [(&str, &str, &str); 12] = [
    ("engagement", "Engagement", "Engagement"),
    ("manager_support", "Support by my manager", "Unterstützung durch meine Führungskraft"),
    ("role_clarity", "Clear roles", "Klare Rollen"),
    ("expectations", "Expectations", "Erwartungen"),
    ("workload", "Workload", "Arbeitsmenge"),
    ("resources", "Resources and tools", "Arbeitsmittel und Werkzeuge"),
    ("appreciation", "Appreciation", "Wertschätzung"),
    ("growth", "Growth", "Entwicklung"),
    ("cohesion", "Working together", "Zusammenhalt"),
    ("friction", "Process friction", "Reibung in Abläufen"),
    ("leadership_trust", "Trust in leadership", "Vertrauen in die Leitung"),
    ("intent_to_stay", "Intent to stay", "Bleibeabsicht"),
];

#[derive(Clone, Copy)]
enum Form {
    Agree,
    /// Agreement is bad news.
    AgreeReversed,
    Enps,
    Comment,
}

struct Item(&'static str, &'static str, Form, &'static str, &'static str);

/// Key, driver, form, English, German; grouped by driver.
const ITEMS: [Item; 25] = [
    Item(
        "eng_care",
        "engagement",
        Form::Agree,
        "I care about how well our work turns out.",
        "Mir liegt daran, dass unsere Arbeit gut gelingt.",
    ),
    Item(
        "eng_useful",
        "engagement",
        Form::Agree,
        "I can see what my work is good for.",
        "Ich sehe, wofür meine Arbeit gut ist.",
    ),
    Item(
        "eng_again",
        "engagement",
        Form::Agree,
        "If I had to decide again today, I would choose this job.",
        "Müsste ich mich heute noch einmal entscheiden, würde ich diese Stelle wieder wählen.",
    ),
    Item(
        "enps",
        "engagement",
        Form::Enps,
        "How likely are you to recommend us to a friend as a place to work?",
        "Wie wahrscheinlich ist es, dass Sie uns Freunden als Arbeitgeber empfehlen?",
    ),
    Item(
        "mgr_obstacles",
        "manager_support",
        Form::Agree,
        "When I am stuck, my manager helps to clear the way.",
        "Wenn ich nicht weiterkomme, hilft meine Führungskraft, den Weg frei zu machen.",
    ),
    Item(
        "mgr_difficult",
        "manager_support",
        Form::Agree,
        "I can talk with my manager about difficult things.",
        "Mit meiner Führungskraft kann ich auch über Schwieriges sprechen.",
    ),
    Item(
        "role_decisions",
        "role_clarity",
        Form::Agree,
        "It is clear to me which decisions are mine to take.",
        "Mir ist klar, welche Entscheidungen ich selbst treffen darf.",
    ),
    Item(
        "role_owner",
        "role_clarity",
        Form::Agree,
        "When something has to be done, it is clear who is responsible for it.",
        "Wenn etwas zu tun ist, ist klar, wer dafür zuständig ist.",
    ),
    Item(
        "exp_early",
        "expectations",
        Form::Agree,
        "Others tell me early enough what they need from me, and by when.",
        "Andere sagen mir früh genug, was sie von mir brauchen und bis wann.",
    ),
    Item(
        "exp_negotiate",
        "expectations",
        Form::Agree,
        "If I cannot meet a request, we find another way together.",
        "Wenn ich eine Bitte nicht erfüllen kann, finden wir gemeinsam einen anderen Weg.",
    ),
    Item(
        "load_hours",
        "workload",
        Form::Agree,
        "I can do my work well within my agreed hours.",
        "Ich kann meine Arbeit in der vereinbarten Zeit gut erledigen.",
    ),
    Item(
        "load_postponed",
        "workload",
        Form::AgreeReversed,
        "Important tasks often have to wait because too much arrives at once.",
        "Wichtige Aufgaben bleiben oft liegen, weil zu vieles gleichzeitig kommt.",
    ),
    Item(
        "res_tools",
        "resources",
        Form::Agree,
        "The tools I use make my work easier.",
        "Die Werkzeuge, die ich benutze, erleichtern mir die Arbeit.",
    ),
    Item(
        "res_missing",
        "resources",
        Form::Agree,
        "When something I need is missing, I get it, or an answer, within a reasonable time.",
        "Wenn mir etwas fehlt, bekomme ich es oder eine Antwort in angemessener Zeit.",
    ),
    Item(
        "app_thanks",
        "appreciation",
        Form::Agree,
        "When something goes well here, the people behind it are thanked.",
        "Wenn hier etwas gut läuft, wird denen gedankt, die es möglich gemacht haben.",
    ),
    Item(
        "app_valued",
        "appreciation",
        Form::Agree,
        "I feel that my contribution is valued.",
        "Ich habe das Gefühl, dass mein Beitrag geschätzt wird.",
    ),
    Item(
        "gro_skills",
        "growth",
        Form::Agree,
        "My tasks make me better at what I want to be good at.",
        "Durch meine Aufgaben werde ich besser in dem, was ich gut können möchte.",
    ),
    Item(
        "gro_next",
        "growth",
        Form::Agree,
        "I can picture a next step for myself in this organisation.",
        "Ich kann mir einen nächsten Schritt für mich in dieser Organisation vorstellen.",
    ),
    Item(
        "coh_help",
        "cohesion",
        Form::Agree,
        "In my team we help each other out without much asking.",
        "In meinem Team helfen wir einander, ohne dass man lange bitten muss.",
    ),
    Item(
        "coh_disagree",
        "cohesion",
        Form::Agree,
        "In my team you can disagree without it being held against you.",
        "In meinem Team darf man anderer Meinung sein, ohne dass es einem nachgetragen wird.",
    ),
    Item(
        "fri_detours",
        "friction",
        Form::AgreeReversed,
        "Every week I lose time to detours that our own processes cause.",
        "Jede Woche verliere ich Zeit durch Umwege, die unsere eigenen Abläufe verursachen.",
    ),
    Item(
        "fri_which",
        "friction",
        Form::Comment,
        "Which detour costs you the most time, and where does it happen?",
        "Welcher Umweg kostet Sie am meisten Zeit, und wo entsteht er?",
    ),
    Item(
        "lead_reasons",
        "leadership_trust",
        Form::Agree,
        "Our leadership explains why it decides as it does.",
        "Unsere Leitung erklärt, warum sie so entscheidet.",
    ),
    Item(
        "lead_word",
        "leadership_trust",
        Form::Agree,
        "Our leadership does what it announces.",
        "Unsere Leitung tut, was sie ankündigt.",
    ),
    Item(
        "stay_two_years",
        "intent_to_stay",
        Form::Agree,
        "I see myself still working here in two years.",
        "Ich sehe mich auch in zwei Jahren noch hier arbeiten.",
    ),
];

/// The longest comment the bank's open questions allow, in characters.
const COMMENT_CHARS: u32 = 2_000;

/// Every question of the bank, grouped by driver; none is required.
pub fn questions() -> Vec<Question> {
    ITEMS.iter().map(question).collect()
}

/// The bank's question with this key.
pub fn find_question(key: &str) -> Option<Question> {
    ITEMS.iter().find(|item| item.0 == key).map(question)
}

/// Every driver of the bank: its key and its title.
pub fn drivers() -> Vec<(&'static str, Texts)> {
    DRIVERS.iter().map(|(key, english, german)| (*key, Texts::pair(english, german))).collect()
}

/// The labels of a five-point agreement scale, from 1 (disagree) to 5 (agree).
pub fn agreement_labels() -> Vec<Texts> {
    [
        ("Strongly disagree", "Stimme gar nicht zu"),
        ("Disagree", "Stimme eher nicht zu"),
        ("Neither agree nor disagree", "Teils, teils"),
        ("Agree", "Stimme eher zu"),
        ("Strongly agree", "Stimme voll zu"),
    ]
    .map(|(english, german)| Texts::pair(english, german))
    .to_vec()
}

/// The whole bank as a questionnaire in English and German, one section a driver: a sound starting point to copy.
pub fn engagement_questionnaire() -> Questionnaire {
    let section = |(key, title): (&str, Texts)| Section {
        key: key.to_owned(),
        title,
        questions: ITEMS.iter().filter(|item| item.1 == key).map(question).collect(),
    };
    Questionnaire {
        default_locale: Locale::english(),
        locales: vec![Locale::english(), Locale::german()],
        sections: drivers().into_iter().map(section).collect(),
    }
}

fn question(Item(key, driver, form, english, german): &Item) -> Question {
    let rating = |reversed| QuestionKind::Rating { points: 5, labels: agreement_labels(), reversed };
    Question {
        key: (*key).to_owned(),
        text: Texts::pair(english, german),
        kind: match form {
            Form::Agree => rating(false),
            Form::AgreeReversed => rating(true),
            Form::Enps => QuestionKind::Enps,
            Form::Comment => QuestionKind::Comment { max_chars: COMMENT_CHARS },
        },
        required: false,
        driver: Some((*driver).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_is_a_sound_questionnaire() {
        let questionnaire = engagement_questionnaire();
        assert_eq!(questionnaire.check(), Ok(()));
        assert_eq!(questionnaire.questions().count(), ITEMS.len());
        assert_eq!(questions(), questionnaire.questions().cloned().collect::<Vec<_>>());
        assert_eq!(questionnaire.shape().columns().len(), ITEMS.len() - 1);
    }

    #[test]
    fn every_driver_has_a_question() {
        for (key, _) in drivers() {
            assert!(questions().iter().any(|question| question.driver.as_deref() == Some(key)), "{key}");
        }
        let stay = find_question("stay_two_years").unwrap();
        assert_eq!(stay.text.get(&Locale::english()), Some("I see myself still working here in two years."));
        assert_eq!(find_question("nothing"), None);
    }
}
