use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use hearten_entity::{InOrganization, api_token as token_entity, identity, organization, person, role_grant};
use hearten_ids::{IdentityId, RoleGrantId};
use hearten_migration::Migrator;
use hearten_policy::{Principal, Role, Scope, ScopeSet};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use sea_orm_migration::MigratorTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    areas::directory::charts::Charts,
    auth::{
        api_token::generate,
        demo_issuer::DemoMode,
        directory::{ChartDirectory, NewPerson},
        testing::{AUDIENCE, ED, TestProvider, claims, header, noon, provider},
    },
    config::Config,
    graphql::error::ErrorCode,
    platform::db::{DbSource, StatementCount},
};

const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
const ADA: PersonId = PersonId(Uuid::from_u128(7));

mod bed;
use bed::*;

#[tokio::test]
async fn a_known_account_signs_its_person_in() {
    let bed = Bed::start().await;
    let token = bed.of("ada");
    assert_eq!(bed.person(&token).await, Ok(ADA));
    assert_eq!(bed.person(&bed.of("bob")).await, Err(Refused::NoPerson));
    assert_eq!(bed.identities().await, 1);
}

#[tokio::test]
async fn an_issuer_nobody_trusts_costs_no_question() {
    let bed = Bed::start().await;
    let stranger = bed.token(|claims| claims["iss"] = "https://evil.example".into());
    assert_eq!(bed.person(&stranger).await, Err(Refused::Issuer));
    let for_others = bed.token(|claims| claims["aud"] = "urn:other".into());
    assert_eq!(bed.person(&for_others).await, Err(Refused::Audience));
    assert_eq!(bed.provider.count("/jwks"), 0);
}

#[tokio::test]
async fn a_deactivated_or_departed_person_is_out_at_once() {
    let bed = Bed::start().await;
    bed.follow().await;
    let token = bed.of("ada");
    assert_eq!(bed.person(&token).await, Ok(ADA));
    bed.change_ada(|ada| ada.deactivated = Set(true)).await;
    assert_eq!(bed.person(&token).await, Err(Refused::Inactive));
    bed.change_ada(|ada| {
        ada.deactivated = Set(false);
        ada.left_on = Set(Some(bed.clock.today()));
    })
    .await;
    assert_eq!(bed.person(&token).await, Ok(ADA), "the last day is a day");
    bed.change_ada(|ada| ada.left_on = Set(bed.clock.today().pred_opt())).await;
    assert_eq!(bed.person(&token).await, Err(Refused::Inactive));
}

#[tokio::test]
async fn signing_out_everywhere_voids_the_tokens_issued_before() {
    let bed = Bed::start().await;
    let (old, now) = (bed.of("ada"), bed.clock.now());
    assert_eq!(bed.person(&old).await, Ok(ADA));
    bed.clock.advance(Duration::from_secs(10));
    bed.change_ada(|ada| ada.signed_out_before = Set(Some(now + TimeDelta::seconds(5)))).await;
    assert_eq!(bed.person(&old).await, Err(Refused::SignedOut));
    assert_eq!(bed.person(&bed.of("ada")).await, Ok(ADA));
}

#[tokio::test]
async fn a_verified_address_links_once() {
    let bed = Bed::with(|provider| provider.linking = Linking::VerifiedEmail).await;
    let with_email = |subject: &str, email: &str, verified: bool| {
        bed.token(|claims| {
            claims["sub"] = subject.into();
            claims["email"] = email.into();
            claims["email_verified"] = verified.into();
        })
    };
    assert_eq!(bed.person(&with_email("x", "ada@example.test", false)).await, Err(Refused::NoPerson));
    assert_eq!(bed.person(&with_email("x", "bob@example.test", true)).await, Err(Refused::NoPerson));
    assert_eq!(bed.identities().await, 0);
    assert_eq!(bed.person(&with_email("ada", "ADA@Example.test", true)).await, Ok(ADA));
    assert_eq!(bed.person(&bed.of("ada")).await, Ok(ADA), "from then on by the account");
    assert_eq!(bed.person(&with_email("thief", "ada@example.test", true)).await, Err(Refused::NoPerson));
    assert_eq!(bed.identities().await, 1);
}

#[tokio::test]
async fn known_accounts_only_means_that_no_address_links() {
    let bed = Bed::with(|_| ()).await;
    let token = bed.token(|claims| {
        claims["email"] = "ada@example.test".into();
        claims["email_verified"] = true.into();
    });
    assert_eq!(bed.person(&token).await, Err(Refused::NoPerson));
}

#[tokio::test]
async fn many_first_requests_at_once_link_one_account() {
    let bed = Bed::with(|provider| provider.linking = Linking::VerifiedEmail).await;
    let token = |subject: &str| {
        bed.token(|claims| {
            claims["sub"] = subject.into();
            claims["email"] = "ada@example.test".into();
            claims["email_verified"] = true.into();
        })
    };
    let tokens: Vec<String> = (0..20).map(|round| token(if round % 2 == 0 { "one" } else { "two" })).collect();
    let outcomes = join_all(tokens.iter().map(|token| bed.person(token))).await;
    assert_eq!(bed.identities().await, 1);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10, "the first account, and only that");
}

#[tokio::test]
async fn a_deactivated_person_is_not_linked() {
    let bed = Bed::with(|provider| provider.linking = Linking::JustInTime).await;
    bed.change_ada(|ada| ada.deactivated = Set(true)).await;
    let token = bed.token(|claims| {
        claims["email"] = "ada@example.test".into();
        claims["email_verified"] = true.into();
    });
    assert_eq!(bed.person(&token).await, Err(Refused::NoPerson));
    assert_eq!(bed.identities().await, 0);
}

#[tokio::test]
async fn the_userinfo_endpoint_is_asked_once_with_the_same_token() {
    let bed = Bed::with(|provider| provider.linking = Linking::VerifiedEmail).await;
    let answer = |claims: Value| bed.provider.answer("/userinfo", "200 OK", &claims.to_string());
    answer(json!({ "sub": "other", "email": "ada@example.test", "email_verified": true }));
    let mallory = bed.of("mallory");
    for _ in 0..5 {
        assert_eq!(bed.person(&mallory).await, Err(Refused::NoPerson), "an answer about somebody else");
    }
    assert_eq!(bed.provider.count("/userinfo"), 1);
    answer(json!({ "sub": "ada", "email": "ada@example.test", "email_verified": true }));
    let token = bed.of("ada");
    assert!(join_all((0..10).map(|_| bed.person(&token))).await.iter().all(|person| *person == Ok(ADA)));
    assert_eq!(bed.provider.count("/userinfo"), 2);
    assert_eq!(bed.provider.last_bearer().as_deref(), Some(token.as_str()));
    assert_eq!(bed.identities().await, 1);
}

#[tokio::test]
async fn just_in_time_creates_whom_no_address_finds() {
    let bed = Bed::with(|provider| provider.linking = Linking::JustInTime).await;
    assert_eq!(bed.person(&bed.of("new")).await, Err(Refused::NoPerson), "not without a verified address");
    let newer = |email: &str| {
        bed.token(|claims| {
            claims["sub"] = "newer".into();
            claims["email"] = email.into();
            claims["email_verified"] = true.into();
        })
    };
    let kelvin = newer("\u{212a}ing@example.test");
    assert_eq!(bed.person(&kelvin).await, Err(Refused::NoPerson), "in lower case this is king@example.test");
    let token = newer("new@example.test");
    assert_eq!(bed.person(&token).await, Ok(PersonId(Uuid::from_u128(99))));
    assert_eq!(bed.person(&token).await, Ok(PersonId(Uuid::from_u128(99))));
}

#[tokio::test]
async fn signatures_and_accounts_are_remembered_while_the_bus_is_heard() {
    let bed = Bed::start().await;
    let token = bed.of("ada");
    assert_eq!(bed.statements_of(&token).await, 3, "organization, account, standing");
    assert_eq!(bed.statements_of(&token).await, 2, "account and standing: nobody carries the bus's events here");
    bed.follow().await;
    assert_eq!(bed.statements_of(&token).await, 2);
    assert_eq!(bed.statements_of(&token).await, 1, "standing, which the org chart answers in the service");
    identity::Entity::delete_in_org(ORGANIZATION).exec(bed.db.write()).await.unwrap();
    bed.tell(Event::PersonSignedOut { organization: ORGANIZATION, person: ADA }).await;
    assert_eq!(bed.person(&token).await, Err(Refused::NoPerson));
}

#[tokio::test]
async fn a_remembered_token_still_ends() {
    let bed = Bed::start().await;
    let token = bed.token(|claims| claims["exp"] = (noon().timestamp() + 20).into());
    assert_eq!(bed.person(&token).await, Ok(ADA));
    bed.clock.advance(Duration::from_secs(49));
    assert_eq!(bed.person(&token).await, Ok(ADA));
    bed.clock.advance(Duration::from_secs(1));
    assert_eq!(bed.person(&token).await, Err(Refused::Expired));
}

#[tokio::test]
async fn an_organization_that_does_not_exist_has_no_people() {
    let bed = Bed::with(|provider| provider.organization = "nowhere".to_owned()).await;
    assert_eq!(bed.person(&bed.of("ada")).await, Err(Refused::NoOrganization));
}

#[tokio::test]
async fn organizations_that_share_an_issuer_are_told_apart_by_audience() {
    let bed = Bed::start().await;
    let shared = Provider { issuer: bed.provider.issuer.clone(), ..provider() };
    let other = Provider { audience: "urn:other".to_owned(), organization: "other".to_owned(), ..shared.clone() };
    let auth = Authenticator::new(&[other, shared], None, parts(&bed.clock, &bed.bus)).unwrap();
    let outcome = async |aud: Value| match auth.sign_in(&bed.db, &bed.token(|claims| claims["aud"] = aud), None).await {
        Ok(SignedIn::Person { person, .. }) => Ok(person),
        Err(SignInError::Refused(reason)) => Err(reason),
        other => panic!("{other:?}"),
    };
    assert_eq!(outcome(json!(AUDIENCE)).await, Ok(ADA));
    assert_eq!(outcome(json!("urn:other")).await, Err(Refused::NoOrganization));
    assert_eq!(outcome(json!("urn:third")).await, Err(Refused::Audience));
    assert_eq!(outcome(json!([AUDIENCE, "urn:other"])).await, Err(Refused::AmbiguousAudience));
    assert_eq!(bed.provider.count("/jwks"), 1, "the keys are fetched once for both");
}

#[tokio::test]
async fn demo_tokens_sign_their_person_in() {
    let bed = Bed::start().await;
    let proof = DemoMode::declare(&Config::load(None).unwrap()).unwrap();
    let url = "http://127.0.0.1:1/demo".to_owned();
    let demo = DemoIssuer::new(proof, url, ORGANIZATION, bed.clock.clone(), Random::seeded(1)).unwrap();
    let auth = Authenticator::new(&[], Some(&demo), parts(&bed.clock, &bed.bus)).unwrap();
    let signed_in = auth.sign_in(&bed.db, &demo.mint(ADA, TimeDelta::hours(1)), None).await.unwrap();
    assert!(matches!(signed_in, SignedIn::Person { person: ADA, organization: ORGANIZATION, .. }));
    let nobody = demo.mint(PersonId(Uuid::from_u128(8)), TimeDelta::hours(1));
    assert!(matches!(auth.sign_in(&bed.db, &nobody, None).await, Err(SignInError::Refused(Refused::NoPerson))));
    assert_eq!(bed.person(&nobody).await, Err(Refused::Issuer), "outside the demo its issuer is a stranger");
}

#[tokio::test]
async fn an_api_token_signs_in_and_its_use_is_recorded_once_an_hour() {
    let bed = Bed::start().await;
    let text = bed.api_token(|_| ()).await;
    assert_eq!(bed.statements_of(&text).await, 2, "row and use");
    assert_eq!(bed.statements_of(&text).await, 1);
    assert_eq!(bed.token_row().await.last_used_at, Some(noon()), "noon is a full hour");
    bed.clock.advance(Duration::from_secs(3599));
    assert_eq!(bed.statements_of(&text).await, 1);
    bed.clock.advance(Duration::from_secs(1));
    assert_eq!(bed.statements_of(&text).await, 2);
    assert_eq!(bed.token_row().await.last_used_at, Some(noon() + TimeDelta::hours(1)));
}

#[tokio::test]
async fn a_damaged_api_token_costs_no_statement() {
    let bed = Bed::start().await;
    let text = bed.api_token(|_| ()).await;
    let before = bed.statements.get();
    assert_eq!(bed.sign_in(&text[..79]).await.map(drop), Err(Refused::ApiTokenDamaged));
    assert_eq!(bed.sign_in("hrt_").await.map(drop), Err(Refused::ApiTokenDamaged));
    assert_eq!(bed.statements.get(), before);
    let unknown = generate(ApiTokenId(Uuid::from_u128(6)), &Random::seeded(6));
    assert_eq!(bed.sign_in(&unknown.text).await.map(drop), Err(Refused::ApiTokenUnknown));
}

#[tokio::test]
async fn a_revoked_api_token_is_out_at_once_with_and_without_the_bus() {
    for heard in [false, true] {
        let bed = Bed::start().await;
        if heard {
            bed.follow().await;
        }
        let text = bed.api_token(|_| ()).await;
        bed.sign_in(&text).await.unwrap();
        assert_eq!(bed.statements_of(&text).await, u64::from(!heard));
        bed.revoke().await;
        let token = ApiTokenId(Uuid::from_u128(5));
        bed.tell(Event::TokenChanged { organization: ORGANIZATION, token }).await;
        assert_eq!(bed.sign_in(&text).await.map(drop), Err(Refused::ApiTokenRevoked), "heard: {heard}");
    }
}

#[tokio::test]
async fn a_resynchronisation_forgets_every_row() {
    let bed = Bed::start().await;
    bed.follow().await;
    let text = bed.api_token(|_| ()).await;
    bed.sign_in(&text).await.unwrap();
    bed.revoke().await;
    assert!(bed.sign_in(&text).await.is_ok(), "nobody said so yet");
    bed.tell(Event::Resynchronise).await;
    assert_eq!(bed.sign_in(&text).await.map(drop), Err(Refused::ApiTokenRevoked));
}

#[tokio::test]
async fn a_limited_api_token_works_only_from_its_networks() {
    let bed = Bed::start().await;
    let text = bed.api_token(|row| row.networks = json!(["10.0.0.0/8"])).await;
    assert!(bed.sign_in_from(&text, Some("10.1.2.3")).await.is_ok());
    assert_eq!(bed.sign_in_from(&text, Some("11.1.2.3")).await.map(drop), Err(Refused::ApiTokenAddress));
    assert_eq!(bed.sign_in(&text).await.map(drop), Err(Refused::ApiTokenAddress));
}

#[tokio::test]
async fn the_chart_tells_standing_and_roles_without_a_query() {
    let bed = Bed::start().await;
    let grant = role_grant::Model {
        id: RoleGrantId(Uuid::from_u128(4)),
        organization_id: ORGANIZATION,
        person_id: ADA,
        role: "ADMIN".to_owned(),
        team_id: None,
        granted_by: None,
        granted_at: noon(),
    };
    grant.into_active_model().insert(bed.db.write()).await.unwrap();
    let charts = Arc::new(Charts::default());
    let directory = Arc::new(ChartDirectory { charts: charts.clone(), bus: bed.bus.clone() });
    let provider = Provider { issuer: bed.provider.issuer.clone(), ..provider() };
    let parts = Parts { directory, ..parts(&bed.clock, &bed.bus) };
    let auth = Arc::new(Authenticator::new(&[provider], None, parts).unwrap());
    let token = bed.of("ada");
    let session = auth.authenticate(&bed.db, Some(&token), None).await.unwrap().unwrap();
    assert_eq!(session.actor.principal, Principal::Person(ADA));
    assert_eq!(session.actor.grants, [Grant { role: Role::Admin, team: None }]);
    assert_eq!(
        session.expires_at,
        noon() + TimeDelta::hours(1) + super::super::access_token::LEEWAY,
        "a session lives as long as its token"
    );
    let (follower, events) = (auth.clone(), bed.bus.listen());
    tokio::spawn(async move { follower.follow(events).await });
    while !auth.may_remember() {
        tokio::task::yield_now().await;
    }
    auth.authenticate(&bed.db, Some(&token), None).await.unwrap();
    let before = bed.statements.get();
    for _ in 0..10 {
        auth.authenticate(&bed.db, Some(&token), None).await.unwrap();
    }
    assert_eq!(bed.statements.get(), before, "neither a signature nor a query");

    bed.change_ada(|ada| {
        ada.deactivated = Set(true);
        ada.chart_version = Set(2);
    })
    .await;
    raise_version(&bed.db).await;
    charts.refresh(&bed.db, ORGANIZATION).await.unwrap();
    let refused = auth.authenticate(&bed.db, Some(&token), None).await.unwrap_err();
    assert_eq!(refused.error_code(), ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn an_api_token_s_session_has_its_scopes_and_no_roles() {
    let bed = Bed::start().await;
    let text = bed.api_token(|row| row.scopes = json!(["directory:read", "from:the-future", 7])).await;
    let session = bed.auth.authenticate(&bed.db, Some(&text), None).await.unwrap().unwrap();
    let scopes = ScopeSet::NONE.with(Scope::DirectoryRead);
    assert_eq!(session.actor.principal, Principal::ApiToken { id: ApiTokenId(Uuid::from_u128(5)), scopes });
    assert_eq!((session.actor.organization, session.actor.grants.len()), (ORGANIZATION, 0));
}

#[tokio::test]
async fn without_a_bearer_nobody_is_signed_in_and_with_a_bad_one_that_is_said() {
    let bed = Bed::start().await;
    assert!(bed.auth.authenticate(&bed.db, None, None).await.unwrap().is_none());
    for bad in ["", "x", "hrt_x", "Bearer x"] {
        let refused = bed.auth.authenticate(&bed.db, Some(bad), None).await.unwrap_err();
        assert_eq!(refused.error_code(), ErrorCode::Unauthenticated);
    }
    bed.provider.set_down(true);
    let undecided = bed.auth.authenticate(&bed.db, Some(&bed.of("ada")), None).await.unwrap_err();
    assert_eq!(undecided.error_code(), ErrorCode::Unavailable, "the token may be good: keep it and retry");
}

#[tokio::test]
async fn while_the_bus_is_away_every_request_asks_the_database() {
    let bed = Bed::start().await;
    let runtime = tokio::runtime::Handle::current();
    let away = Bus::redis("redis://127.0.0.1:1", "test:", Uuid::from_u128(1), &runtime).unwrap();
    let auth = Arc::new(Authenticator::new(&[], None, parts(&bed.clock, &away)).unwrap());
    let (follower, events) = (auth.clone(), away.listen());
    tokio::spawn(async move { follower.follow(events).await });
    let text = bed.api_token(|_| ()).await;
    for _ in 0..3 {
        tokio::task::yield_now().await;
        assert!(auth.sign_in(&bed.db, &text, None).await.is_ok());
    }
    bed.revoke().await;
    let refused = auth.sign_in(&bed.db, &text, None).await;
    assert!(matches!(refused, Err(SignInError::Refused(Refused::ApiTokenRevoked))));
    away.stop().await;
}
