//! A whole authenticator on a database of its own, with a provider that counts.

use super::*;

/// An organization with Ada in it, a provider that knows her, and a database of their own.
pub struct Bed {
    pub provider: TestProvider,
    pub db: Db,
    pub statements: StatementCount,
    pub clock: Clock,
    pub bus: Bus,
    pub auth: Arc<Authenticator>,
    _files: tempfile::TempDir,
}

/// Creates people just in time, as the service would.
#[derive(Debug)]
pub struct Hiring;

impl CreatePerson for Hiring {
    fn create_person<'a>(
        &'a self,
        db: &'a Db,
        person: NewPerson,
    ) -> BoxFuture<'a, Result<Option<PersonId>, Exception>> {
        Box::pin(async move {
            let id = PersonId(Uuid::from_u128(99));
            insert_person(db, id, &person.email, 2).await;
            raise_version(db).await;
            Ok(Some(id))
        })
    }
}

/// Tells the snapshots that the directory changed, as a change through the service would.
pub async fn raise_version(db: &Db) {
    let row = organization::Entity::by_id(ORGANIZATION).one(db.read()).await.unwrap().unwrap();
    let version = row.chart_version + 1;
    let mut row = row.into_active_model();
    row.chart_version = Set(version);
    row.update(db.write()).await.unwrap();
}

/// Asks the database, so that a test may change a row behind the service's back.
#[derive(Debug)]
pub struct Rows;

impl Directory for Rows {
    fn find_standing<'a>(
        &'a self,
        db: &'a Db,
        organization: OrganizationId,
        person: PersonId,
    ) -> BoxFuture<'a, Result<Option<Standing>, Exception>> {
        Box::pin(async move {
            let select = person::Entity::in_org(organization).filter(person::Column::Id.eq(person));
            Ok(select.one(db.read()).await?.map(|row| Standing {
                deactivated: row.deactivated,
                left_on: row.left_on,
                signed_out_before: row.signed_out_before,
                grants: Vec::new(),
            }))
        })
    }
}

pub fn parts(clock: &Clock, bus: &Bus) -> Parts {
    Parts {
        clock: clock.clone(),
        random: Random::seeded(1),
        bus: bus.clone(),
        directory: Arc::new(Rows),
        create: Some(Arc::new(Hiring)),
    }
}

pub async fn insert_person(db: &Db, id: PersonId, email: &str, chart_version: i64) {
    let person = person::Model {
        id,
        organization_id: ORGANIZATION,
        external_id: None,
        display_name: "Ada".to_owned(),
        email: Some(email.to_owned()),
        email_key: Some(email.to_lowercase()),
        title: None,
        relationship: "EMPLOYEE".to_owned(),
        team_id: None,
        manager_id: None,
        hired_on: None,
        left_on: None,
        leave_reason: None,
        locale: None,
        attributes: json!({}),
        signed_out_before: None,
        deactivated: false,
        chart_version,
        created_at: noon(),
    };
    person.into_active_model().insert(db.write()).await.unwrap();
}

impl Bed {
    pub async fn with(change: impl FnOnce(&mut Provider)) -> Self {
        let files = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", files.path().join("test.db").display());
        let source = DbSource::new(&url, 4).await.unwrap();
        let db = source.open().await.unwrap();
        Migrator::up(db.pool(), None).await.unwrap();
        let row = organization::Model {
            id: ORGANIZATION,
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            default_locale: "en".to_owned(),
            chart_version: 1,
            created_at: noon(),
        };
        row.into_active_model().insert(db.write()).await.unwrap();
        insert_person(&db, ADA, "Ada@example.test", 1).await;
        let idp = TestProvider::start(&[ED.jwk("ed")]);
        let (clock, bus) = (Clock::manual(noon()), Bus::memory());
        let mut provider = Provider { issuer: idp.issuer.clone(), ..provider() };
        change(&mut provider);
        let auth = Arc::new(Authenticator::new(&[provider], None, parts(&clock, &bus)).unwrap());
        let statements = source.statements().clone();
        Self { provider: idp, db, statements, clock, bus, auth, _files: files }
    }

    pub async fn start() -> Self {
        let bed = Self::with(|_| ()).await;
        bed.identify("ada").await;
        bed
    }

    pub async fn identify(&self, subject: &str) {
        let row = identity::Model {
            id: IdentityId(Uuid::from_u128(3)),
            organization_id: ORGANIZATION,
            person_id: ADA,
            issuer: self.provider.issuer.clone(),
            subject: subject.to_owned(),
            linked_at: noon(),
        };
        row.into_active_model().insert(self.db.write()).await.unwrap();
    }

    pub fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims();
        claims["iss"] = self.provider.issuer.clone().into();
        claims["iat"] = self.clock.now().timestamp().into();
        claims["exp"] = (self.clock.now().timestamp() + 3600).into();
        change(&mut claims);
        ED.token(&header(&ED, "ed"), &claims)
    }

    pub fn of(&self, subject: &str) -> String {
        self.token(|claims| claims["sub"] = subject.into())
    }

    pub async fn sign_in(&self, bearer: &str) -> Result<SignedIn, Refused> {
        self.sign_in_from(bearer, None).await
    }

    pub async fn sign_in_from(&self, bearer: &str, peer: Option<&str>) -> Result<SignedIn, Refused> {
        let peer = peer.map(|peer| peer.parse().unwrap());
        match self.auth.sign_in(&self.db, bearer, peer).await {
            Ok(signed_in) => Ok(signed_in),
            Err(SignInError::Refused(reason)) => Err(reason),
            Err(SignInError::Exception(exception)) => panic!("{exception:?}"),
        }
    }

    pub async fn person(&self, bearer: &str) -> Result<PersonId, Refused> {
        match self.sign_in(bearer).await? {
            SignedIn::Person { organization, person, .. } => {
                assert_eq!(organization, ORGANIZATION);
                Ok(person)
            }
            SignedIn::ApiToken { .. } => panic!("an API token"),
        }
    }

    pub async fn change_ada(&self, change: impl FnOnce(&mut person::ActiveModel)) {
        let mut ada = person::ActiveModel { id: Set(ADA), ..Default::default() };
        change(&mut ada);
        ada.update(self.db.write()).await.unwrap();
    }

    pub async fn identities(&self) -> u64 {
        identity::Entity::in_org(ORGANIZATION).count(self.db.read()).await.unwrap()
    }

    /// Lets the authenticator hear the bus, and waits until it does.
    pub async fn follow(&self) {
        let (auth, events) = (self.auth.clone(), self.bus.listen());
        tokio::spawn(async move { auth.follow(events).await });
        while !self.auth.may_remember() {
            tokio::task::yield_now().await;
        }
    }

    pub async fn tell(&self, event: Event) {
        self.bus.publish(event).await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    pub async fn statements_of(&self, bearer: &str) -> u64 {
        let before = self.statements.get();
        self.sign_in(bearer).await.unwrap();
        self.statements.get() - before
    }

    pub async fn api_token(&self, change: impl FnOnce(&mut token_entity::Model)) -> String {
        let id = ApiTokenId(Uuid::from_u128(5));
        let token = generate(id, &Random::seeded(5));
        let mut row = token_entity::Model {
            id,
            organization_id: ORGANIZATION,
            name: "payroll".to_owned(),
            secret_hash: token.hash.to_vec(),
            previous_hash: None,
            previous_until: None,
            scopes: json!([]),
            networks: json!([]),
            created_by: None,
            created_at: noon(),
            expires_at: noon() + api_token::DEFAULT_LIFE,
            last_used_at: None,
            revoked_at: None,
        };
        change(&mut row);
        row.into_active_model().insert(self.db.write()).await.unwrap();
        token.text
    }

    pub async fn token_row(&self) -> token_entity::Model {
        let select = token_entity::Entity::in_org(ORGANIZATION);
        select.one(self.db.read()).await.unwrap().unwrap()
    }

    pub async fn revoke(&self) {
        let row = token_entity::ActiveModel {
            id: Set(ApiTokenId(Uuid::from_u128(5))),
            revoked_at: Set(Some(self.clock.now())),
            ..Default::default()
        };
        row.update(self.db.write()).await.unwrap();
    }
}
