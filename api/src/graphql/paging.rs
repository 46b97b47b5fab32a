//! Connections: how a list that can grow is asked for and answered.
//!
//! `first` is 20 by default and at most 100; more is refused rather than cut, so that a client never believes it has
//! seen everything. Cursors are opaque, versioned and validated: a foreign or damaged one is BAD_USER_INPUT.

use std::convert::Infallible;

use async_graphql::{
    OutputType, SimpleObject,
    connection::{Connection, CursorType, Edge, EmptyFields},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::graphql::error::Exception;

/// How many items a page has when the client does not say.
pub const DEFAULT_PAGE: usize = 20;
/// How many items a page may have.
pub const LARGEST_PAGE: usize = 100;
/// Cursors are longer than this only when somebody made them up.
const LONGEST_CURSOR: usize = 1024;

/// A place in a list, as clients hold it. What is inside may change any time.
#[derive(Debug, Clone)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor that remembers `place`: the sort key of the item it stands at.
    pub fn at<P: Serialize>(place: &P) -> Self {
        // Places are tuples of texts and numbers, whose serialisation cannot fail; an empty cursor would be refused.
        Self(serde_json::to_vec(place).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default())
    }
}

impl CursorType for Cursor {
    type Error = Infallible;

    fn decode_cursor(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }

    fn encode_cursor(&self) -> String {
        self.0.clone()
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub struct Page<P> {
    /// At most this many items.
    pub first: usize,
    /// Only items after this place.
    pub after: Option<P>,
}

impl<P: DeserializeOwned> Page<P> {
    /// Understands the arguments of a connection field.
    ///
    /// # Errors
    /// BAD_USER_INPUT when `first` is not between 1 and 100, or `after` is not a cursor of this list.
    pub fn from_arguments(first: Option<i32>, after: Option<String>) -> Result<Self, Exception> {
        let first = match first {
            None => DEFAULT_PAGE,
            Some(n) => usize::try_from(n)
                .ok()
                .filter(|n| (1..=LARGEST_PAGE).contains(n))
                .ok_or_else(|| Exception::bad_input(format!("first must be between 1 and {LARGEST_PAGE}, not {n}")))?,
        };
        let after = after.map(|text| decode(&text)).transpose()?;
        Ok(Self { first, after })
    }
}

fn decode<P: DeserializeOwned>(text: &str) -> Result<P, Exception> {
    let refused =
        || Exception::bad_input("after is not a cursor of this list; pass an endCursor or a cursor of its edges");
    if text.len() > LONGEST_CURSOR {
        return Err(refused());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    serde_json::from_slice(&bytes).map_err(|_| refused())
}

/// What every connection has beside edges and page info.
#[derive(Debug, Clone, SimpleObject)]
pub struct Total {
    /// How many items the whole list has; null where counting would cost too much.
    pub total_count: Option<i32>,
}

/// A connection over `T`.
pub type Listing<T> = Connection<Cursor, T, Total, EmptyFields>;

/// Builds a connection from items and the places they stand at. `more`: whether the list goes on after the last one.
pub fn listing<T: OutputType, P: Serialize>(
    items: impl IntoIterator<Item = (P, T)>,
    after_a_cursor: bool,
    more: bool,
    total: Option<usize>,
) -> Listing<T> {
    let total_count = total.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    let mut connection = Connection::with_additional_fields(after_a_cursor, more, Total { total_count });
    connection.edges.extend(items.into_iter().map(|(place, node)| Edge::new(Cursor::at(&place), node)));
    connection
}

/// A page of a list that is whole in memory and pages by position.
pub fn slice<T: OutputType, S>(all: &[S], page: &Page<usize>, item: impl Fn(&S) -> T) -> Listing<T> {
    let start = page.after.map_or(0, |position| position.saturating_add(1)).min(all.len());
    let end = start.saturating_add(page.first).min(all.len());
    let items = all[start..end].iter().enumerate().map(|(offset, source)| (start + offset, item(source)));
    listing(items, start > 0, end < all.len(), Some(all.len()))
}
