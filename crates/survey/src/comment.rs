//! Cleaning what people type: only what can be seen is kept.

/// The comment as it is stored: line breaks made uniform, other control characters and text-direction overrides
/// removed, trimmed. `None` when nothing visible is left.
///
/// Databases refuse U+0000, and a control character or an override can make a comment look like something its author
/// did not write; joiners inside a word or an emoji stay.
pub(crate) fn clean(comment: &str) -> Option<String> {
    let mut cleaned = String::with_capacity(comment.len());
    let mut letters = comment.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => {
                letters.next_if_eq(&'\n');
                cleaned.push('\n');
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => cleaned.push('\n'),
            '\n' => cleaned.push('\n'),
            '\t' => cleaned.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            _ if letter.is_control() => {}
            _ => cleaned.push(letter),
        }
    }
    if is_blank(&cleaned) { None } else { Some(cleaned.trim().to_owned()) }
}

/// True when no character of the text can be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(
                letter,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}' | '\u{e0000}'..='\u{e01ef}'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_cleaned() {
        for (typed, stored) in [
            ("  good \r\nwork\r", Some("good \nwork")),
            ("a\0b\u{1b}[31mc", Some("ab[31mc")),
            ("\u{202e}drawkcab\u{202c}", Some("drawkcab")),
            ("tab\there", Some("tab here")),
            ("👩‍💻", Some("👩‍💻")),
            (" \n\t \u{200b}\u{feff}", None),
            ("", None),
        ] {
            assert_eq!(clean(typed).as_deref(), stored, "{typed:?}");
        }
    }
}
