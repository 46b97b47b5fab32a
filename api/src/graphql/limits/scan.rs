//! The text scan: one linear pass over a document before it is parsed.
//!
//! The parser and what comes behind it recurse with the nesting of brackets; a few kilobytes of `[[[[…` have overflowed the
//! stack and ended the process, and how deep they may go differs from one version to the next. This pass counts brackets and tokens without recursion. It reads strings and comments exactly as the
//! parser's grammar does: what it skips, the parser can never see as brackets. Where the two could differ (a string
//! without an end), the text is refused here.

use super::{BRACKETS, DOCUMENT_BYTES, Refused, TOKENS};

/// What a text consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scan {
    /// Lexical tokens.
    pub tokens: usize,
    /// The most brackets open at once.
    pub nesting: usize,
}

/// Checks `text` against the limits on size, tokens and nesting.
///
/// # Errors
/// DOCUMENT_TOO_LARGE over a limit, GRAPHQL_PARSE_FAILED for a string without an end.
pub fn scan(text: &str) -> Result<Scan, Refused> {
    if text.len() > DOCUMENT_BYTES {
        return Err(Refused::TooLarge(format!("has {} bytes; at most {DOCUMENT_BYTES} are allowed", text.len())));
    }
    let bytes = text.as_bytes();
    let mut found = Scan::default();
    let mut open: usize = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = skip_comment(bytes, at + 1);
                continue;
            }
            b'"' => skip_string(bytes, at)
                .ok_or_else(|| Refused::NotGraphql(format!("the string that begins at byte {at} does not end")))?,
            b'{' | b'[' | b'(' => {
                open += 1;
                found.nesting = found.nesting.max(open);
                at + 1
            }
            b'}' | b']' | b')' => {
                // One too many is the parser's to explain: it never reads past it.
                open = open.saturating_sub(1);
                at + 1
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => skip_word(bytes, at),
            _ => at + 1,
        };
        found.tokens += 1;
        if found.nesting > BRACKETS {
            return Err(Refused::TooLarge(format!("nests brackets deeper than {BRACKETS}")));
        }
        if found.tokens > TOKENS {
            return Err(Refused::TooLarge(format!("has more than {TOKENS} tokens")));
        }
    }
    Ok(found)
}

fn skip_word(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        at += 1;
    }
    at
}

fn skip_comment(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The place after the string that begins at `at`; None when it has no end.
fn skip_string(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.starts_with(br#"""""#) { skip_block_string(bytes, at + 3) } else { skip_line_string(bytes, at + 1) }
}

fn skip_block_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(br#"""""#) {
            return Some(at + 3);
        }
        at += if rest.starts_with(br#"\""""#) { 4 } else { 1 };
    }
}

fn skip_line_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Value as ConstValue, parser::parse_query};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_what_the_parser_would_see() {
        let found =
            scan("query Q($a: [Int!] = [1]) { a(b: \"{[(\", c: \"\"\"[[[ \\\"\"\" [\"\"\") # {{{\n { d } }").unwrap();
        assert_eq!(found.nesting, 2);
        assert_eq!(scan("{ a }").unwrap(), Scan { tokens: 3, nesting: 1 });
        assert_eq!(scan("").unwrap(), Scan::default());
    }

    #[test]
    fn limits_are_exact() {
        let nested = |depth: usize| format!("{{ a(b: {}{}) }}", "[".repeat(depth - 2), "]".repeat(depth - 2));
        assert_eq!(scan(&nested(BRACKETS)).unwrap().nesting, BRACKETS);
        assert!(matches!(scan(&nested(BRACKETS + 1)), Err(Refused::TooLarge(_))));
        assert!(scan(&"a ".repeat(TOKENS)).is_ok());
        assert!(matches!(scan(&"a ".repeat(TOKENS + 1)), Err(Refused::TooLarge(_))));
        assert!(scan(&" ".repeat(DOCUMENT_BYTES)).is_ok());
        assert!(matches!(scan(&" ".repeat(DOCUMENT_BYTES + 1)), Err(Refused::TooLarge(_))));
    }

    #[test]
    fn strings_without_an_end_are_refused() {
        // The grammar falls back from an unfinished block string to two empty ones, and would see the brackets.
        for text in ["{ a(b: \"", "{ a(b: \"x\n\") }", "{ a(b: \"\"\"\" [[[[ ", "{ a(b: \"\\", "{ a(b: \"\"\"\\\"\"\""]
        {
            assert!(matches!(scan(text), Err(Refused::NotGraphql(_))), "{text}");
        }
    }

    /// The levels of lists and objects in the arguments the parser found: another count than the scan's own.
    fn levels(text: &str) -> usize {
        fn of(value: &ConstValue) -> usize {
            match value {
                ConstValue::List(items) => 1 + items.iter().map(of).max().unwrap_or(0),
                ConstValue::Object(fields) => 1 + fields.values().map(of).max().unwrap_or(0),
                _ => 0,
            }
        }
        let Ok(document) = parse_query(text) else { return 0 };
        let operations = document.operations.iter();
        let variables = operations.flat_map(|(_, operation)| operation.node.variable_definitions.clone());
        variables.filter_map(|variable| variable.node.default_value).map(|value| of(&value.node)).max().unwrap_or(0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn never_panics_and_never_lets_deep_text_through(text in "[\\[\\](){}\"\\\\#\n\r a$@!.,:1é\0]{0,400}") {
            if scan(&text).is_ok() {
                let _ = parse_query(&text);
            }
        }

        #[test]
        fn any_text(text in any::<String>()) {
            let _ = scan(&text);
        }

        #[test]
        fn counts_at_least_the_levels_the_parser_finds(depth in 0_usize..70, noise in "([,\n]|#[\\[\"]{0,3}\n){0,9}") {
            let text = format!("query($a: X = {}{noise} 1{}) {{ a }}", "[".repeat(depth), "]".repeat(depth));
            match scan(&text) {
                Ok(found) => prop_assert!(found.nesting > levels(&text)),
                Err(_) => prop_assert!(depth >= BRACKETS),
            }
        }

        #[test]
        fn what_is_let_through_never_overflows_the_parser(
            prefix in "[\"\\\\#\n a]{0,12}", open in "[\\[{(]", depth in 65_usize..9_000,
        ) {
            let text = format!("{{ a(b: {prefix}{}", open.repeat(depth));
            // Either refused, or the brackets lie in a string or a comment, and parsing returns.
            if scan(&text).is_ok() {
                prop_assert!(parse_query(&text).is_err());
            }
        }
    }
}
