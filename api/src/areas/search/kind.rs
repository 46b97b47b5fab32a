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
    /// Recognition, by its message.
    Recognition = "RECOGNITION",
    /// Requests, by title and details.
    ServiceRequest = "SERVICE_REQUEST",
    /// What teams were told: asked, said, done.
    TeamResponse = "TEAM_RESPONSE",
    /// Frictions, by title, process and description.
    Friction = "FRICTION",
    /// Conversations you take part in, by the title of their series, their agenda and their shared note.
    Conversation = "CONVERSATION",
    /// Expectations you are a side of, by what is expected and why.
    Expectation = "EXPECTATION",
    /// Areas of responsibility, by name, description and keywords.
    Responsibility = "RESPONSIBILITY",
    /// Goals, by title and description.
    Goal = "GOAL",
}
