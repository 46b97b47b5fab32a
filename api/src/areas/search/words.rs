//! Words as the search knows them: lower case, without marks, so that "Gespräch" is found by "gespräch", "gesprach" and
//! "gespraech", and a compound by its beginning. Folding happens here and nowhere else, so both back ends find the same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words longer than this are cut: nobody types them.
const LONGEST_WORD: usize = 64;

/// The words of a text, folded, in their order. A word with an umlaut comes twice, in its two spellings.
pub fn of_text(text: &str, most: usize) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in split(text).take(most) {
        let plain = fold(word);
        let spelled = fold(&spell_out(word));
        push(&mut folded, &plain);
        if spelled != plain {
            push(&mut folded, &spelled);
        }
    }
    folded
}

/// The words that are looked for, folded, each as the beginning of a word.
pub fn of_query(text: &str, most: usize) -> Vec<String> {
    split(text).map(fold).filter(|word| !word.is_empty()).take(most).collect()
}

fn push(text: &mut String, word: &str) {
    if !word.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter)).filter(|word| !word.is_empty())
}

fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    let plain = lower.nfkd().filter(|letter| letter.is_alphanumeric());
    plain
        .flat_map(|letter| expand(letter).chars().chain(expand(letter).is_empty().then_some(letter)))
        .take(LONGEST_WORD)
        .collect()
}

/// Letters that decompose into nothing simpler, as people type them.
const fn expand(letter: char) -> &'static str {
    match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ı' => "i",
        _ => "",
    }
}

/// Umlauts in the spelling of who has no key for them.
fn spell_out(word: &str) -> String {
    let composed: String = word.to_lowercase().nfc().collect();
    composed.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('å', "aa").replace('ø', "oe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_are_found_in_each_spelling() {
        assert_eq!(of_text("Mitarbeitergespräch, Straße", 10), "mitarbeitergesprach mitarbeitergespraech strasse");
        assert_eq!(of_query("GESPRÄCH", 3), ["gesprach"]);
        assert_eq!(of_query("Gespraech Strasse", 3), ["gespraech", "strasse"]);
        // Composed or decomposed, it is the same word.
        assert_eq!(of_text("Gespra\u{308}ch", 3), of_text("Gespräch", 3));
    }

    #[test]
    fn only_letters_and_digits_are_left() {
        assert_eq!(of_text("A/B-test: \"100 %\" (v2)…", 10), "a b test 100 v2");
        assert_eq!(of_query("'; DROP -- * : & | ! ( )", 5), ["drop"]);
        assert!(of_query("— … !", 5).is_empty());
        assert_eq!(of_text("one two three", 2), "one two");
        assert_eq!(of_text(&"x".repeat(1_000), 5).len(), LONGEST_WORD);
    }

    proptest::proptest! {
        #[test]
        fn what_is_indexed_is_found_by_itself(text in "\\PC{0,40}") {
            let indexed = of_text(&text, 50);
            for word in of_query(&text, 50) {
                proptest::prop_assert!(indexed.split(' ').any(|known| known.starts_with(&word)), "{word} in {indexed}");
            }
        }
    }
}
