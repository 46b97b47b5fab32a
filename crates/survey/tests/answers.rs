//! Filling in a questionnaire, and what may never be printed: table tests and properties over the public API.

use hearten_survey::{
    Answer, AnswerProblem, Filled, Locale, MAX_QUESTIONS, Question, QuestionKind, Questionnaire, SHEET_VERSION,
    Section, Sheet, SheetError, Texts, bank,
};
use proptest::prelude::*;

fn texts(text: &str) -> Texts {
    Texts::new().with(Locale::english(), text)
}

fn questionnaire(kinds: Vec<(QuestionKind, bool)>) -> Questionnaire {
    let question = |(index, (kind, required))| Question {
        key: format!("q{index}"),
        text: texts("What?"),
        kind,
        required,
        driver: None,
    };
    let questions = kinds.into_iter().enumerate().map(question).collect();
    Questionnaire {
        default_locale: Locale::english(),
        locales: vec![Locale::english()],
        sections: vec![Section { key: "all".into(), title: texts("All"), questions }],
    }
}

/// q0 a required rating of five, q1 eNPS, q2 a comment of at most 10 characters, q3 a reversed rating of seven.
fn small() -> Questionnaire {
    let rating = |points, reversed| QuestionKind::Rating { points, labels: vec![], reversed };
    questionnaire(vec![
        (rating(5, false), true),
        (QuestionKind::Enps, false),
        (QuestionKind::Comment { max_chars: 10 }, false),
        (rating(7, true), false),
    ])
}

fn fill(answers: Vec<(&str, Answer)>) -> Result<Filled, Vec<AnswerProblem>> {
    small().fill(answers.into_iter().map(|(key, answer)| (key.to_owned(), answer)).collect())
}

fn comment(text: &str) -> Answer {
    Answer::Comment(text.to_owned())
}

#[test]
fn answers_are_packed_in_questionnaire_order() {
    let answers = vec![
        ("q3", Answer::Rating(7)),
        ("q2", comment(" fine\u{0}\r\n ")),
        ("q1", Answer::Enps(0)),
        ("q0", Answer::Rating(1)),
    ];
    let filled = fill(answers).unwrap();
    // The reversed question is stored as answered.
    assert_eq!(filled.sheet.encode(), [SHEET_VERSION, 1, 1, 7]);
    assert!(filled.comments == [("q2".to_owned(), "fine".to_owned())]);

    let filled = fill(vec![("q0", Answer::Rating(5)), ("q2", comment(" \u{200b}\n")), ("q3", Answer::Skip)]).unwrap();
    assert_eq!(filled.sheet.codes(), [5, 0, 0]);
    assert!(filled.comments.is_empty());
}

#[test]
fn all_problems_are_found_at_once() {
    let answers = vec![
        ("q9", Answer::Skip),
        ("my boss Ada", Answer::Skip),
        ("q1", Answer::Enps(3)),
        ("q1", Answer::Enps(11)),
        ("q2", comment("eleven chars")),
        ("q3", comment("seven")),
    ];
    let key = |key: &str| key.to_owned();
    assert_eq!(
        fill(answers).unwrap_err(),
        [
            AnswerProblem::UnknownQuestion { question: key("q9") },
            AnswerProblem::UnknownQuestion { question: key("?") },
            AnswerProblem::Twice { question: key("q1") },
            AnswerProblem::Missing { question: key("q0") },
            AnswerProblem::OutsideScale { question: key("q1"), low: 0, high: 10 },
            AnswerProblem::TooLong { question: key("q2"), max_chars: 10 },
            AnswerProblem::WrongKind { question: key("q3"), wanted: "a rating" },
        ]
    );
}

#[test]
fn limits_of_the_scales() {
    for point in [i64::MIN, -1, 0, 6, 256 + 3, i64::MAX] {
        let problem = AnswerProblem::OutsideScale { question: "q0".into(), low: 1, high: 5 };
        assert_eq!(fill(vec![("q0", Answer::Rating(point))]).unwrap_err(), [problem]);
    }
    for answer in [Answer::Skip, Answer::Enps(3), comment("3")] {
        assert_eq!(fill(vec![("q0", answer)]).unwrap_err()[0].question(), Some("q0"));
    }
    assert!(fill(vec![("q0", Answer::Rating(1)), ("q2", comment("ten chars!"))]).is_ok());
    let many = vec![("q0", Answer::Rating(1)); MAX_QUESTIONS + 1];
    assert_eq!(fill(many).unwrap_err(), [AnswerProblem::TooMany { max: MAX_QUESTIONS }]);
}

#[test]
fn problems_say_what_to_do() {
    let problem = AnswerProblem::OutsideScale { question: "q0".into(), low: 1, high: 5 };
    assert_eq!(problem.to_string(), "the answer to \"q0\" is outside its scale: choose 1 to 5");
}

#[test]
fn answers_are_never_printed() {
    let secret = "my boss is unbearable";
    assert_eq!(format!("{:?}", comment(secret)), "Answer(redacted)");
    for answer in [Answer::Rating(2), Answer::Enps(7), Answer::Skip] {
        assert_eq!(format!("{answer:#?}"), "Answer(redacted)");
    }
    let filled = bank::engagement_questionnaire()
        .fill(vec![("enps".into(), Answer::Enps(7)), ("fri_which".into(), comment(secret))])
        .unwrap();
    assert_eq!(format!("{filled:?} {:?}", filled.sheet), "Filled(redacted) Sheet(redacted)");
    // A refused answer is not printed either, wherever it was put.
    let problems = fill(vec![("q0", comment(secret)), (secret, Answer::Rating(7354))]).unwrap_err();
    for problem in problems {
        let printed = format!("{problem} {problem:?}");
        assert!(!printed.contains("boss") && !printed.contains("7354"), "{printed}");
    }
}

#[test]
fn foreign_bytes_are_refused() {
    let shape = small().shape();
    for (bytes, error) in [
        (&[][..], SheetError::Empty),
        (&[2, 0, 0, 0], SheetError::Version(2)),
        (&[1, 0, 0], SheetError::Length { expected: 3, found: 2 }),
        (&[1, 0, 12, 9], SheetError::Code { column: 1 }),
    ] {
        assert_eq!(Sheet::decode(&shape, bytes), Err(error));
    }
    assert_eq!(shape.find_column("q3"), Some(2));
    assert_eq!(shape.find_column("q2"), None);
    assert!(shape.columns()[2].reversed);
}

/// A questionnaire of any kinds, and an answer to each question, valid or not.
fn any_filled_in() -> impl Strategy<Value = (Questionnaire, Vec<Option<Answer>>)> {
    let kind = prop_oneof![
        (2u8..=11, any::<bool>()).prop_map(|(points, reversed)| QuestionKind::Rating {
            points,
            labels: vec![],
            reversed
        }),
        Just(QuestionKind::Enps),
        (1u32..20).prop_map(|max_chars| QuestionKind::Comment { max_chars }),
    ];
    let answer = prop_oneof![
        4 => (-1i64..13).prop_map(Answer::Rating),
        3 => (-1i64..13).prop_map(Answer::Enps),
        2 => "[a-z \u{200b}]{0,24}".prop_map(Answer::Comment),
        1 => Just(Answer::Skip),
    ];
    prop::collection::vec(((kind, prop::bool::weighted(0.2)), prop::option::of(answer)), 1..6).prop_map(|rows| {
        let (kinds, answers): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        (questionnaire(kinds), answers)
    })
}

/// The rule, said a second time: whether this answer may stand.
fn is_valid(question: &Question, answer: &Answer) -> bool {
    let visible = |text: &str| text.chars().any(|letter| letter != ' ' && letter != '\u{200b}');
    match (&question.kind, answer) {
        (_, Answer::Skip) => !question.required,
        (QuestionKind::Rating { points, .. }, Answer::Rating(point)) => (1..=i64::from(*points)).contains(point),
        (QuestionKind::Enps, Answer::Enps(score)) => (0..=10).contains(score),
        (QuestionKind::Comment { .. }, Answer::Comment(text)) if !visible(text) => !question.required,
        (QuestionKind::Comment { max_chars }, Answer::Comment(text)) => {
            text.trim().chars().count() <= *max_chars as usize
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn exactly_the_valid_answers_are_accepted((questionnaire, answers) in any_filled_in()) {
        let questions: Vec<&Question> = questionnaire.questions().collect();
        let faulty: Vec<&str> = questions
            .iter()
            .zip(&answers)
            .filter(|(question, answer)| !is_valid(question, answer.as_ref().unwrap_or(&Answer::Skip)))
            .map(|(question, _)| question.key.as_str())
            .collect();
        let given = questions.iter().zip(&answers).filter_map(|(q, a)| Some((q.key.clone(), a.clone()?))).collect();
        match questionnaire.fill(given) {
            Ok(filled) => {
                prop_assert!(faulty.is_empty());
                let shape = questionnaire.shape();
                let encoded = filled.sheet.encode();
                prop_assert!(Sheet::decode(&shape, &encoded).as_ref() == Ok(&filled.sheet));
                prop_assert!(shape.codes(&encoded) == Ok(filled.sheet.codes()));
                prop_assert_eq!(encoded.len(), shape.columns().len() + 1);
            }
            Err(problems) => {
                let found: Vec<&str> = problems.iter().filter_map(AnswerProblem::question).collect();
                prop_assert_eq!(found, faulty);
            }
        }
    }

    #[test]
    fn any_codes_within_the_scales_survive_the_round_trip(
        columns in prop::collection::vec((2u8..=11).prop_flat_map(|points| (Just(points), 0..=points)), 1..60)
    ) {
        let kinds = columns
            .iter()
            .map(|(points, _)| (QuestionKind::Rating { points: *points, labels: vec![], reversed: false }, false))
            .collect();
        let mut bytes = vec![SHEET_VERSION];
        bytes.extend(columns.iter().map(|(_, code)| code));
        let sheet = Sheet::decode(&questionnaire(kinds).shape(), &bytes).unwrap();
        prop_assert!(sheet.encode() == bytes);
    }

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..8), json in "\\PC{0,40}", tag in "\\PC{0,12}") {
        if let Ok(sheet) = Sheet::decode(&small().shape(), &bytes) {
            prop_assert!(sheet.encode() == bytes);
        }
        let _ = serde_json::from_str::<Questionnaire>(&json);
        if let Ok(locale) = Locale::parse(&tag) {
            prop_assert_eq!(&Locale::parse(locale.as_str()), &Ok(locale));
        }
    }
}
