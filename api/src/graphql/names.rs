//! Enums that are stored by the names under which the schema shows them.

/// Defines an enum of the schema whose values are stored by name.
macro_rules! named_enum {
    ($(#[$doc:meta])* $type:ident { $( $(#[$variant_doc:meta])* $variant:ident = $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
        pub enum $type { $( $(#[$variant_doc])* $variant, )* }

        impl $type {
            /// As stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Reads what was stored.
            ///
            /// # Errors
            /// INTERNAL when it is none of the names.
            pub fn read(text: &str) -> Result<Self, $crate::graphql::error::Exception> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::graphql::error::Exception::internal(anyhow::anyhow!(
                        concat!("an unknown ", stringify!($type), " is stored")
                    ))),
                }
            }
        }
    };
}

pub(crate) use named_enum;
