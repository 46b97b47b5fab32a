//! The wrapper without which nothing that comes from answers may leave the service.

use std::{fmt, ops::Deref};

/// A value that has passed disclosure control. Only this crate constructs it.
///
/// It can be read, cloned and compared, never changed or mapped: there is no `DerefMut`, no `map` and no `Deserialize`,
/// so a value of this type was either made by a release function or decoded from what [`crate::ResultTable::encode`]
/// wrote. `Debug` does not print the value, so that results do not end up in a log.
///
/// ```compile_fail
/// let forged = hearten_disclosure::Released(vec!["a comment".to_owned()]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Released<T>(T);

impl<T> Released<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// The released value, to read.
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Released<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Released<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Released(..)")
    }
}
