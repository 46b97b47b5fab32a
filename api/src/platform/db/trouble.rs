//! What can be wrong with a database beside the statement: it is away, or it cannot write. And the memory of a pool that
//! a connection failed, so that those which idled meanwhile are tried before they are used.
//!
//! Connections are not pinged before each use: that costs a round trip each time. But when the server was restarted, all
//! that a pool holds are dead, and each would cost somebody an error. So after a statement failed, a connection that has
//! not been used since is pinged once before it is handed out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// Why a database cannot do what it could a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be reached, ended the connection, is starting or stopping, or somebody else holds it for too long.
    Away,
    /// Its disk is full or fails.
    Disk,
}

/// The trouble that `error` tells of; None when it is about the statement.
pub fn find_trouble(error: &DbErr) -> Option<Trouble> {
    match error {
        DbErr::ConnectionAcquire(_) => Some(Trouble::Away),
        DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(of_driver(error).unwrap_or(Trouble::Away)),
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => of_driver(error),
        _ => None,
    }
}

/// Whether a statement met a connection that had ended: not one that could not be had in time.
pub(super) fn is_dead_connection(error: &DbErr) -> bool {
    matches!(error, DbErr::Exec(_) | DbErr::Query(_)) && find_trouble(error) == Some(Trouble::Away)
}

fn of_driver(error: &SqlxError) -> Option<Trouble> {
    match error {
        // A connection that ends in mid-statement ends like this, too.
        SqlxError::Io(_) | SqlxError::Tls(_) => Some(Trouble::Away),
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => Some(Trouble::Away),
        SqlxError::Database(error) => of_code(&error.code()?),
        _ => None,
    }
}

/// By SQLSTATE (five letters, <https://www.postgresql.org/docs/current/errcodes-appendix.html>) or by SQLite's extended
/// result code (a number of fewer digits, <https://www.sqlite.org/rescode.html>; its last byte is the kind).
fn of_code(code: &str) -> Option<Trouble> {
    if code.len() == 5 {
        return match code {
            // Shut down, crashed, starting, the database dropped; too many connections.
            "57P01" | "57P02" | "57P03" | "57P04" | "53300" => Some(Trouble::Away),
            // A full disk; an error of the file system.
            "53100" | "58030" => Some(Trouble::Disk),
            // The class of lost connections.
            _ => code.starts_with("08").then_some(Trouble::Away),
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        // Busy, locked.
        5 | 6 => Some(Trouble::Away),
        // An error of the file system, a full disk, a file that cannot be opened.
        10 | 13 | 14 => Some(Trouble::Disk),
        _ => None,
    }
}

/// When a statement of a pool failed last. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Suspicion(Arc<Mutex<Option<Instant>>>);

impl Suspicion {
    /// A statement failed just now, for whatever reason: a ping more does no harm.
    pub(super) fn raise(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection that has idled for so long may have ended with the one that failed.
    pub(super) fn falls_on(&self, idle: Duration) -> bool {
        let failed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|failed| failed.elapsed() <= idle)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::ConnAcquireErr;

    use super::*;

    #[test]
    fn lost_connections_are_told_from_errors_of_a_statement() {
        let of = |error: SqlxError| find_trouble(&DbErr::Query(RuntimeErr::SqlxError(error.into())));
        assert_eq!(of(SqlxError::Io(io::ErrorKind::UnexpectedEof.into())), Some(Trouble::Away));
        assert_eq!(of(SqlxError::PoolTimedOut), Some(Trouble::Away));
        assert_eq!(of(SqlxError::RowNotFound), None);
        assert_eq!(of(SqlxError::Protocol("too many arguments for query: 70000".to_owned())), None);
        let timeout = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        assert_eq!(find_trouble(&timeout), Some(Trouble::Away));
        assert!(!is_dead_connection(&timeout));
        assert_eq!(find_trouble(&DbErr::RecordNotInserted), None);
    }

    #[test]
    fn codes_of_both_databases_are_known() {
        for (code, trouble) in [
            ("57P01", Some(Trouble::Away)),
            ("57P02", Some(Trouble::Away)),
            ("57P03", Some(Trouble::Away)),
            ("08006", Some(Trouble::Away)),
            ("53100", Some(Trouble::Disk)),
            // Unique violation, deadlock, cancelled by the user.
            ("23505", None),
            ("40P01", None),
            ("57014", None),
            // Busy (by recovery), full, an I/O error while writing, a constraint.
            ("261", Some(Trouble::Away)),
            ("13", Some(Trouble::Disk)),
            ("778", Some(Trouble::Disk)),
            ("2067", None),
        ] {
            assert_eq!(of_code(code), trouble, "{code}");
        }
    }

    #[test]
    fn what_idled_at_the_failure_is_suspect_and_what_was_used_since_is_not() {
        let suspicion = Suspicion::default();
        assert!(!suspicion.falls_on(Duration::from_secs(3600)));
        suspicion.raise();
        assert!(suspicion.falls_on(Duration::from_secs(3600)));
        assert!(!suspicion.falls_on(Duration::ZERO));
    }
}
