//! Where a page ended: a name and an id, so that it still means a place after the item was renamed or has gone.

use std::sync::Arc;

use hearten_ids::{PersonId, TeamId};

/// The place of an item in an order by name, then id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameCursor<I> {
    /// The name as it is sorted by: in lower case.
    pub name_key: Arc<str>,
    /// The id, which breaks ties.
    pub id: I,
}

/// A place in a list of persons.
pub type PersonCursor = NameCursor<PersonId>;
/// A place in a list of teams.
pub type TeamCursor = NameCursor<TeamId>;

/// The form of a name that lists are sorted by: lower case, by code point. It is no collation: "Ärzte" sorts behind
/// "Zoo" in every language alike.
pub(crate) fn name_key(name: &Arc<str>) -> Arc<str> {
    lower(name)
}

/// The form of an e-mail address that two spellings share.
pub(crate) fn email_key(email: &Arc<str>) -> Arc<str> {
    lower(email)
}

/// Lower case; a text that already is keeps its allocation.
fn lower(text: &Arc<str>) -> Arc<str> {
    let lowered = text.to_lowercase();
    if lowered == **text { Arc::clone(text) } else { Arc::from(lowered) }
}
