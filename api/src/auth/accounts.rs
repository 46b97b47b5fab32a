//! From an account at a provider to a person: by (issuer, subject), else linked once by verified e-mail where the
//! provider's settings allow it, else created just in time where they allow that.

use hearten_entity::{InOrganization, identity, person};
use hearten_ids::{IdentityId, OrganizationId, PersonId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, PaginatorTrait, QueryFilter, QuerySelect, SqlErr};
use sha2::{Digest, Sha256};

use super::{
    directory::{CreatePerson, NewPerson},
    event_cache::EventCache,
};
use crate::{
    graphql::error::Exception,
    platform::{clock::Clock, db::Db, random::Random},
};

/// Accounts remembered.
const CAPACITY: u64 = 50_000;

/// An account at a provider, as seen by one organization.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The tenant.
    pub organization: OrganizationId,
    /// The provider.
    pub issuer: &'a str,
    /// The account.
    pub subject: &'a str,
}

/// Finds and links accounts.
#[derive(Debug)]
pub struct Accounts {
    clock: Clock,
    random: Random,
    known: EventCache<[u8; 32], PersonId>,
}

impl Account<'_> {
    fn key(&self) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.organization.0.as_bytes()).chain_update(self.issuer);
        hash.chain_update([0]).chain_update(self.subject).finalize().into()
    }
}

impl Accounts {
    /// Nothing is known yet.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random, known: EventCache::new(CAPACITY) }
    }

    /// Whose account it is. `remember`: whether what is known may be kept and used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_person(
        &self,
        db: &Db,
        account: Account<'_>,
        remember: bool,
    ) -> Result<Option<PersonId>, Exception> {
        let (key, now) = (account.key(), self.clock.now());
        if remember && let Some(person) = self.known.get(&key, now) {
            return Ok(Some(person));
        }
        let epoch = self.known.epoch();
        let found = find_identity(db, account).await?;
        if remember && let Some(person) = found {
            self.known.put(key, person, now, epoch);
        }
        Ok(found)
    }

    /// Links the account to the person with the address `email`, which the provider has verified; where there is none,
    /// to the one that `create` makes. None when there is nobody to link to: an address that already has an
    /// account at this provider is not linked again, because addresses are handed on from one person to the next.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link(
        &self,
        db: &Db,
        account: Account<'_>,
        email: &str,
        create: Option<&dyn CreatePerson>,
    ) -> Result<Option<PersonId>, Exception> {
        // Lower-casing maps some letters beyond ASCII onto ASCII ones (the Kelvin sign onto k): an address that only
        // looks like a colleague's must neither become theirs nor get a person of its own.
        if !email.is_ascii() {
            return Ok(None);
        }
        let email_key = email.trim().to_ascii_lowercase();
        let select = person::Entity::in_org(account.organization).filter(person::Column::EmailKey.eq(&email_key));
        let person = match (select.one(db.read()).await?, create) {
            (Some(row), _) => Some(row.id),
            (None, Some(create)) => {
                let wanted = NewPerson { organization: account.organization, email: email.trim().to_owned() };
                create.create_person(db, wanted).await?
            }
            (None, None) => None,
        };
        match person {
            Some(person) => self.link_in_own_tx(db, account, person).await,
            None => Ok(None),
        }
    }

    /// Forgets the accounts of `person`.
    pub fn forget(&self, person: PersonId) {
        self.known.forget_where(move |known| *known == person);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.known.forget_all();
    }

    /// Links once: the person's row is locked, so that of two accounts with one address only the first is linked.
    async fn link_in_own_tx(
        &self,
        db: &Db,
        account: Account<'_>,
        person: PersonId,
    ) -> Result<Option<PersonId>, Exception> {
        let tx = db.begin().await?;
        let row = person::Entity::in_org(account.organization)
            .filter(person::Column::Id.eq(person))
            .lock_exclusive()
            .one(&tx)
            .await?;
        let today = self.clock.today();
        let active = row.is_some_and(|row| !row.deactivated && row.left_on.is_none_or(|last_day| today <= last_day));
        let linked = identity::Entity::in_org(account.organization)
            .filter(identity::Column::PersonId.eq(person))
            .filter(identity::Column::Issuer.eq(account.issuer))
            .count(&tx)
            .await?;
        if !active || linked > 0 {
            tx.rollback().await?;
            // Unless somebody linked this very account a moment ago, nobody is let in by the address alone.
            return find_identity(db, account).await;
        }
        let now = self.clock.now();
        let identity = identity::ActiveModel {
            id: Set(IdentityId(self.random.id(now))),
            organization_id: Set(account.organization),
            person_id: Set(person),
            issuer: Set(account.issuer.to_owned()),
            subject: Set(account.subject.to_owned()),
            linked_at: Set(now),
        };
        match identity.insert(&tx).await {
            Ok(_) => {
                tx.commit().await?;
                tracing::info!(%person, issuer = account.issuer, "an account was linked by its verified address");
                Ok(Some(person))
            }
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                tx.rollback().await?;
                find_identity(db, account).await
            }
            Err(error) => Err(error.into()),
        }
    }
}

async fn find_identity(db: &Db, account: Account<'_>) -> Result<Option<PersonId>, Exception> {
    let row = identity::Entity::in_org(account.organization)
        .filter(identity::Column::Issuer.eq(account.issuer))
        .filter(identity::Column::Subject.eq(account.subject))
        .one(db.read())
        .await?;
    Ok(row.map(|row| row.person_id))
}
