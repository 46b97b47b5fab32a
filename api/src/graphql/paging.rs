//! Connections: how a list that can grow is asked for and answered.
//!
//! A page has 20 items by default and at most 100; more is refused rather than cut, so that a client never believes it has
//! seen everything. `first` pages forwards, `last` backwards; both at once are refused. Cursors are opaque and validated:
//! a foreign or damaged one is BAD_USER_INPUT.

use std::{borrow::Cow, ops::Range};

use async_graphql::{Object, OutputType, TypeName, connection::PageInfo};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Value};
use serde::{Serialize, de::DeserializeOwned};

use crate::graphql::error::Exception;

/// How many items a page has when the client does not say.
pub const DEFAULT_PAGE: usize = 20;
/// How many items a page may have.
pub const LARGEST_PAGE: usize = 100;
/// Cursors are longer than this only when somebody made them up.
const LONGEST_CURSOR: usize = 1024;

/// Which part of a list is wanted. Places are what cursors hold: sort keys of items.
#[derive(Debug, Clone)]
pub struct Page<P> {
    /// At most this many items.
    pub size: usize,
    /// Only items after this place.
    pub after: Option<P>,
    /// Only items before this place.
    pub before: Option<P>,
    /// Whether the last items are wanted rather than the first.
    pub backwards: bool,
}

impl<P: DeserializeOwned> Page<P> {
    /// Understands the arguments of a connection field.
    ///
    /// # Errors
    /// BAD_USER_INPUT when `first` or `last` is not between 1 and 100, both are given, or a cursor is not one of this
    /// list.
    pub fn from_arguments(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self, Exception> {
        if first.is_some() && last.is_some() {
            return Err(Exception::bad_input("pass first or last, not both"));
        }
        let name = if last.is_some() { "last" } else { "first" };
        let size = match first.or(last) {
            None => DEFAULT_PAGE,
            Some(n) => usize::try_from(n)
                .ok()
                .filter(|n| (1..=LARGEST_PAGE).contains(n))
                .ok_or_else(|| Exception::bad_input(format!("{name} must be between 1 and {LARGEST_PAGE}, not {n}")))?,
        };
        let after = after.map(|text| decode("after", &text)).transpose()?;
        let before = before.map(|text| decode("before", &text)).transpose()?;
        Ok(Self { size, after, before, backwards: last.is_some() })
    }
}

impl<P> Page<P> {
    /// The positions of this page in a list of `len` items, of which those from `start` up to `end` lie between the
    /// cursors.
    pub fn window(&self, start: usize, end: usize, len: usize) -> Window {
        let end = end.min(len);
        let start = start.min(end);
        let range = if self.backwards {
            end.saturating_sub(self.size).max(start)..end
        } else {
            start..start.saturating_add(self.size).min(end)
        };
        Window { has_previous: range.start > 0, has_next: range.end < len, range }
    }

    /// Puts rows that were read with [`newest_first`] into their order, and says what lies around them.
    pub fn arrange<R>(&self, mut rows: Vec<R>) -> Arranged<R> {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backwards {
            rows.reverse();
            Arranged { rows, has_previous: more, has_next: self.before.is_some() }
        } else {
            Arranged { rows, has_previous: self.after.is_some(), has_next: more }
        }
    }
}

/// A stretch of positions, and what lies around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The positions.
    pub range: Range<usize>,
    /// Whether there are items before.
    pub has_previous: bool,
    /// Whether there are items after.
    pub has_next: bool,
}

/// Rows in the order of the list, and what lies around them.
#[derive(Debug)]
pub struct Arranged<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Whether there are rows before.
    pub has_previous: bool,
    /// Whether there are rows after.
    pub has_next: bool,
}

/// Selects a page of rows by a column that grows with time, the newest first, and one row more to see whether there are
/// more. [`Page::arrange`] puts them into order.
pub fn newest_first<E: EntityTrait, I: Clone + Into<Value>>(
    query: Select<E>,
    by: E::Column,
    page: &Page<I>,
) -> Select<E> {
    let mut query = query;
    if let Some(after) = &page.after {
        query = query.filter(by.lt(after.clone()));
    }
    if let Some(before) = &page.before {
        query = query.filter(by.gt(before.clone()));
    }
    let query = if page.backwards { query.order_by_asc(by) } else { query.order_by_desc(by) };
    query.limit(page.size as u64 + 1)
}

fn encode<P: Serialize>(place: &P) -> String {
    // Places are texts and numbers, whose serialisation cannot fail; an empty cursor would be refused.
    serde_json::to_vec(place).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
}

fn decode<P: DeserializeOwned>(name: &str, text: &str) -> Result<P, Exception> {
    let refused = || {
        Exception::bad_input(format!("{name} is not a cursor of this list; pass one that its pageInfo or edges gave"))
    };
    if text.len() > LONGEST_CURSOR {
        return Err(refused());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    serde_json::from_slice(&bytes).map_err(|_| refused())
}

/// A page of a list of `T`.
pub struct Listing<T> {
    nodes: Vec<T>,
    cursors: Cursors<T>,
    has_previous: bool,
    has_next: bool,
    total: Option<usize>,
}

/// How the cursors of a page come about. Most clients ask for two of them, or for none.
enum Cursors<T> {
    /// They were made with the page.
    Made(Vec<String>),
    /// Each node knows its own.
    OfNode(fn(&T) -> String),
    /// They are positions, from this one on.
    From(usize),
}

/// An item of a list and its place.
pub struct ListingEdge<T> {
    cursor: String,
    node: T,
}

impl<T> Listing<T> {
    /// The items.
    pub fn into_nodes(self) -> Vec<T> {
        self.nodes
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.nodes
    }

    /// Where this page lies in the list.
    pub fn info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.cursor(0),
            end_cursor: self.nodes.len().checked_sub(1).and_then(|last| self.cursor(last)),
        }
    }

    fn cursor(&self, at: usize) -> Option<String> {
        let node = self.nodes.get(at)?;
        match &self.cursors {
            Cursors::Made(cursors) => cursors.get(at).cloned(),
            Cursors::OfNode(cursor) => Some(cursor(node)),
            Cursors::From(start) => Some(encode(&(start + at))),
        }
    }
}

impl<T: OutputType> TypeName for Listing<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for ListingEdge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list, and how to get the pages around it.
#[Object(name_type, serial)]
impl<T: OutputType> Listing<T> {
    /// The items with their cursors.
    async fn edges(&self) -> Vec<ListingEdge<&T>> {
        let edge = |(at, node)| ListingEdge { cursor: self.cursor(at).unwrap_or_default(), node };
        self.nodes.iter().enumerate().map(edge).collect()
    }

    /// The items alone.
    async fn nodes(&self) -> &[T] {
        &self.nodes
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        self.info()
    }

    /// How many items the whole list has; null where you may not know, or counting would cost too much.
    async fn total_count(&self) -> Option<i32> {
        self.total.map(|n| i32::try_from(n).unwrap_or(i32::MAX))
    }
}

/// An item of a list, and its place.
#[Object(name_type, serial)]
impl<T: OutputType> ListingEdge<T> {
    /// The item's place: pass it as `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// Builds a page from items and the places they stand at.
pub fn listing<T, P: Serialize>(
    items: impl IntoIterator<Item = (P, T)>,
    has_previous: bool,
    has_next: bool,
    total: Option<usize>,
) -> Listing<T> {
    let (cursors, nodes) = items.into_iter().map(|(place, node)| (encode(&place), node)).unzip();
    Listing { nodes, cursors: Cursors::Made(cursors), has_previous, has_next, total }
}

/// Builds a page from items that know where they stand.
pub fn listing_of<T: Placed>(nodes: Arranged<T>, total: Option<usize>) -> Listing<T> {
    let Arranged { rows, has_previous, has_next } = nodes;
    Listing { nodes: rows, cursors: Cursors::OfNode(|node| encode(&node.place())), has_previous, has_next, total }
}

/// An item that knows where it stands in the lists that hold it.
pub trait Placed {
    /// What its cursor holds.
    type Place: Serialize;
    /// Where it stands.
    fn place(&self) -> Self::Place;
}

/// A page of a list that is whole in memory and pages by position.
pub fn slice<T, S>(all: &[S], page: &Page<usize>, item: impl Fn(&S) -> T) -> Listing<T> {
    let start = page.after.map_or(0, |position| position.saturating_add(1));
    let end = page.before.unwrap_or(all.len());
    let Window { range, has_previous, has_next } = page.window(start, end, all.len());
    let cursors = Cursors::From(range.start);
    Listing { nodes: all[range].iter().map(item).collect(), cursors, has_previous, has_next, total: Some(all.len()) }
}

/// As [`slice`], of which only the items of this page were read; there are `total` in all.
pub fn part<T, S>(items: &[S], total: usize, page: &Page<usize>, item: impl Fn(&S) -> T) -> Listing<T> {
    let start = page.after.map_or(0, |position| position.saturating_add(1));
    let end = page.before.unwrap_or(total);
    let Window { range, has_previous, has_next } = page.window(start, end, total);
    let cursors = Cursors::From(range.start);
    Listing { nodes: items.iter().map(item).collect(), cursors, has_previous, has_next, total: Some(total) }
}

/// As [`slice`], of a list that was made for this page and is given away with it.
pub fn whole<T>(all: Vec<T>, page: &Page<usize>) -> Listing<T> {
    let start = page.after.map_or(0, |position| position.saturating_add(1));
    let end = page.before.unwrap_or(all.len());
    let total = all.len();
    let Window { range, has_previous, has_next } = page.window(start, end, total);
    let cursors = Cursors::From(range.start);
    let nodes = all.into_iter().skip(range.start).take(range.len()).collect();
    Listing { nodes, cursors, has_previous, has_next, total: Some(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(size: usize, backwards: bool) -> Page<usize> {
        Page { size, after: None, before: None, backwards }
    }

    #[test]
    fn windows_lie_between_the_cursors() {
        let window = |page: Page<usize>, start, end| {
            let found = page.window(start, end, 10);
            (found.range, found.has_previous, found.has_next)
        };
        assert_eq!(window(page(3, false), 0, 10), (0..3, false, true));
        assert_eq!(window(page(3, false), 8, 10), (8..10, true, false));
        assert_eq!(window(page(3, true), 0, 10), (7..10, true, false));
        assert_eq!(window(page(3, true), 0, 2), (0..2, false, true));
        assert_eq!(window(page(3, false), 20, 30), (10..10, true, false));
        assert_eq!(window(page(3, true), 5, 1), (1..1, true, true));
    }

    #[test]
    fn sizes_and_cursors_are_refused_rather_than_mended() {
        let read = |first, after: Option<&str>, last| {
            Page::<usize>::from_arguments(first, after.map(str::to_owned), last, None).map(|page| page.size)
        };
        assert_eq!(read(None, None, None).unwrap(), 20);
        assert_eq!(read(Some(100), None, None).unwrap(), 100);
        for refused in [
            read(Some(0), None, None),
            read(Some(101), None, None),
            read(Some(1), None, Some(1)),
            read(None, Some("?"), None),
        ] {
            assert!(refused.is_err());
        }
        assert!(read(None, Some(&encode(&7_usize)), None).is_ok());
        assert!(read(None, Some(&encode(&("a", "b"))), None).is_err());
    }
}
