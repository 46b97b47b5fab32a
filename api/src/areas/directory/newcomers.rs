//! People who sign in for the first time and are not in the directory, where their provider's `linking` is
//! `just_in_time`.

use std::sync::{Arc, OnceLock, Weak};

use futures_util::future::BoxFuture;
use hearten_ids::PersonId;

use super::{
    change::Change,
    edit::{PersonDetails, blank_person},
};
use crate::{
    app::App,
    auth::directory::{CreatePerson, NewPerson},
    graphql::error::{Exception, Refusal},
    platform::db::Db,
};

/// Creates persons just in time. It is made before the app it serves, and knows it from the start of the server on.
#[derive(Default)]
pub struct Newcomers(OnceLock<Weak<App>>);

impl std::fmt::Debug for Newcomers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Newcomers")
    }
}

impl Newcomers {
    /// Names the app whose directory newcomers enter.
    pub fn serve(&self, app: &Arc<App>) {
        let _ = self.0.set(Arc::downgrade(app));
    }
}

impl CreatePerson for Newcomers {
    fn create_person<'a>(
        &'a self,
        db: &'a Db,
        person: NewPerson,
    ) -> BoxFuture<'a, Result<Option<PersonId>, Exception>> {
        Box::pin(async move {
            let Some(app) = self.0.get().and_then(Weak::upgrade) else { return Ok(None) };
            let change = Change::begin(&app, db, person.organization).await?;
            // Whoever came first while we waited has made the person.
            if let Some(known) = change.before.chart.person_by_email(&person.email) {
                return Ok(Some(known.id));
            }
            let id = PersonId(app.random.id(app.clock.now()));
            let name = person.email.split('@').next().unwrap_or_default().to_owned();
            let details =
                PersonDetails { display_name: Some(name), email: Some(Some(person.email)), ..PersonDetails::default() };
            let mut record = blank_person(id);
            // An address that the directory would not take makes nobody.
            if details.apply(&mut record, app.clock.today()).is_err() {
                return Ok(None);
            }
            match change.commit(vec![record], Vec::new()).await {
                Ok(_) => Ok(Some(id)),
                Err(Refusal::User(_)) => Ok(None),
                Err(Refusal::Exception(exception)) => Err(exception),
            }
        })
    }
}
