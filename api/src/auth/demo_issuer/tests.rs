use hearten_ids::{OrganizationId, PersonId};
use uuid::Uuid;

use super::*;
use crate::auth::{access_token::Unverified, refused::Refused, testing::noon};

fn config() -> Config {
    Config::load(None).unwrap()
}

fn demo(clock: &Clock) -> DemoIssuer {
    let proof = DemoMode::declare(&config()).unwrap();
    let organization = OrganizationId(Uuid::from_u128(1));
    DemoIssuer::new(proof, "http://127.0.0.1:8080/demo".to_owned(), organization, clock.clone(), Random::seeded(1))
        .unwrap()
}

fn check(issuer: &DemoIssuer, token: &str, clock: &Clock) -> Result<String, Refused> {
    let checked = Unverified::read(token)?.check(&issuer.provider(), clock.now())?;
    let keys = issuer.key_set().unwrap();
    let key = keys.find(checked.kid(), checked.algorithm()).ok_or(Refused::UnknownKey)?;
    Ok(checked.verify(key)?.subject)
}

#[test]
fn its_tokens_pass_the_checks_of_every_provider_until_they_end() {
    let clock = Clock::manual(noon());
    let issuer = demo(&clock);
    let person = PersonId(Uuid::from_u128(7));
    let token = issuer.mint(person, TimeDelta::hours(1));
    assert_eq!(check(&issuer, &token, &clock), Ok(person.to_string()));
    clock.advance(std::time::Duration::from_secs(3600 + 30));
    assert_eq!(check(&issuer, &token, &clock), Err(Refused::Expired));
}

#[test]
fn every_start_draws_another_key() {
    let clock = Clock::manual(noon());
    let (first, second) = (demo(&clock), demo(&clock));
    let token = first.mint(PersonId(Uuid::from_u128(7)), TimeDelta::hours(1));
    assert_eq!(check(&second, &token, &clock), Err(Refused::UnknownKey));
    assert!(!first.jwks().to_string().contains("\"d\""), "the private key stays");
}

#[test]
fn it_does_not_exist_beside_a_provider() {
    let mut config = config();
    config.identity.providers.push(crate::auth::testing::provider());
    assert!(matches!(DemoMode::declare(&config), Err(DemoError::NotADemo)));
}

#[test]
fn settings_for_a_demo_are_refused_in_production() {
    assert!(DemoMode::declare(&config()).is_ok());
    assert!(!config().unsafe_settings().is_empty());
}
