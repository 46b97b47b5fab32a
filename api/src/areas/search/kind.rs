//! What can be found, one list for all areas.

use async_graphql::Enum;

macro_rules! search_kinds {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, )*) => {
        /// What can be found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
        pub enum SearchKind { $( $(#[$doc])* $name, )* }

        impl SearchKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name it is stored under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

search_kinds! {
    /// Persons who are here, by name.
    Person = "PERSON",
    /// Teams, by name.
    Team = "TEAM",
    /// Goals, by title and description.
    Goal = "GOAL",
}
