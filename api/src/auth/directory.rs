//! What signing in asks of the directory. A small trait, so that this module knows neither the org chart nor the
//! service that creates persons.

use std::fmt::Debug;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use hearten_entity::{InOrganization, person};
use hearten_ids::{OrganizationId, PersonId};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::{
    graphql::error::Exception,
    platform::{clock::Clock, db::Db},
};

/// Whether somebody may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Neither deactivated nor gone.
    pub active: bool,
    /// Tokens issued before this moment are void.
    pub signed_out_before: Option<DateTime<Utc>>,
}

/// Somebody who signs in for the first time and is not in the directory.
pub struct NewPerson {
    /// The tenant.
    pub organization: OrganizationId,
    /// The address, verified by the provider.
    pub email: String,
}

/// What signing in asks of the directory.
pub trait Directory: Debug + Send + Sync {
    /// How `person` stands; None when there is no such person. Asked on every request: answer from the org chart.
    fn find_standing<'a>(
        &'a self,
        db: &'a Db,
        organization: OrganizationId,
        person: PersonId,
    ) -> BoxFuture<'a, Result<Option<Standing>, Exception>>;

    /// Creates a person just in time and says who it is; None when the organization does not wish it. Two calls for
    /// one address must not create two persons.
    fn create_person<'a>(&'a self, db: &'a Db, person: NewPerson)
    -> BoxFuture<'a, Result<Option<PersonId>, Exception>>;
}

/// The directory without an org chart: a query for each question, and nobody is created.
#[derive(Debug, Clone)]
pub struct DatabaseDirectory {
    /// What day it is.
    pub clock: Clock,
}

impl Standing {
    /// How the person of `row` stands on `today`. The last day is still a day.
    pub fn of(row: &person::Model, today: chrono::NaiveDate) -> Self {
        let gone = row.left_on.is_some_and(|last_day| last_day < today);
        Self { active: !row.deactivated && !gone, signed_out_before: row.signed_out_before }
    }
}

impl Directory for DatabaseDirectory {
    fn find_standing<'a>(
        &'a self,
        db: &'a Db,
        organization: OrganizationId,
        person: PersonId,
    ) -> BoxFuture<'a, Result<Option<Standing>, Exception>> {
        Box::pin(async move {
            let select = person::Entity::in_org(organization).filter(person::Column::Id.eq(person));
            let row = select.one(db.read()).await?;
            Ok(row.map(|row| Standing::of(&row, self.clock.today())))
        })
    }

    fn create_person<'a>(
        &'a self,
        _db: &'a Db,
        _person: NewPerson,
    ) -> BoxFuture<'a, Result<Option<PersonId>, Exception>> {
        Box::pin(async { Ok(None) })
    }
}
