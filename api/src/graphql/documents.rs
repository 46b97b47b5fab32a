//! Trusted documents: operations a front end registered, named by the SHA-256 of their text.

use std::fmt;

use sha2::{Digest, Sha256};

/// The name of a document: the SHA-256 of its text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of `text`.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Reads `sha256:<hex>` or bare hex, 64 digits in lower or upper case. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_document() {
        let hash = DocumentHash::of("{ __typename }");
        let prefixed = hash.to_string();
        assert_eq!(prefixed.len(), 71);
        assert_eq!(DocumentHash::parse(&prefixed), Some(hash));
        assert_eq!(DocumentHash::parse(&prefixed[7..].to_uppercase()), Some(hash));
        for text in ["", "sha256:", "sha256:00", "md5:00", &format!("{prefixed}0"), &prefixed[..70], "sha256:sha256:"] {
            assert_eq!(DocumentHash::parse(text), None, "{text}");
        }
    }
}
