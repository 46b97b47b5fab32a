//! Closed lists whose values have one spelling, in GraphQL and in the database.

/// A text that is no value of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {list}")]
pub struct UnknownName {
    /// The list.
    pub list: &'static str,
    /// The text, cut off where it is long.
    pub found: String,
}

macro_rules! named_values {
    ($(#[$doc:meta])* $list:ident { $( $(#[$value_doc:meta])* $value:ident = $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list { $( $(#[$value_doc])* $value, )* }

        impl $list {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$value, )*];

            /// The name as it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$value => $name, )* }
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::names::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name).ok_or_else(|| {
                    $crate::names::UnknownName { list: stringify!($list), found: name.chars().take(40).collect() }
                })
            }
        }
    };
}

pub(crate) use named_values;
