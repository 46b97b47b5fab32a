//! One spelling for each value of a closed list: the same in GraphQL, in the database and in JSON.

/// A name that stands for no value of the list it was read for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is not a {list}")]
pub struct UnknownName {
    /// The list that was asked, for example `SurveyState`.
    pub list: &'static str,
    /// The name found, cut to 40 characters.
    pub found: String,
}

/// Declares an enum whose values have one name each, in capitals.
macro_rules! named_values {
    ($(#[$doc:meta])* $list:ident { $( $(#[$value_doc:meta])* $value:ident = $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $list {
            $( $(#[$value_doc])* #[serde(rename = $name)] $value, )*
        }

        impl $list {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$value, )*];

            /// The name in capitals, as GraphQL, the database and JSON spell it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$value => $name, )*
                }
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
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
