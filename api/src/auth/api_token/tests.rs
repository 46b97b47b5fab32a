use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::auth::testing::noon;

fn id() -> ApiTokenId {
    ApiTokenId(Uuid::from_u128(0x0192_aaaa_bbbb_cccc_dddd_eeee_ffff_0001))
}

fn row(token: &NewToken) -> Model {
    Model {
        id: id(),
        organization_id: hearten_ids::OrganizationId(Uuid::from_u128(1)),
        name: "payroll".to_owned(),
        secret_hash: token.hash.to_vec(),
        previous_hash: None,
        previous_until: None,
        scopes: json!([]),
        networks: json!([]),
        created_by: None,
        created_at: noon(),
        expires_at: noon() + DEFAULT_LIFE,
        last_used_at: None,
        revoked_at: None,
    }
}

fn new(seed: u64) -> NewToken {
    generate(id(), &Random::seeded(seed))
}

fn verify_text(text: &str, row: &Model) -> Result<(), Refused> {
    verify(&parse(text)?, row, None, noon()).map(drop)
}

#[test]
fn a_token_reads_back_and_verifies() {
    let token = new(1);
    assert_eq!(token.text.len(), 80);
    assert!(looks_like_one(&token.text));
    assert_eq!(parse(&token.text).unwrap().id, id());
    assert_eq!(verify_text(&token.text, &row(&token)), Ok(()));
    assert_eq!(verify_text(&new(2).text, &row(&token)), Err(Refused::ApiTokenUnknown));
}

#[test]
fn a_damaged_token_is_recognised_without_asking_anybody() {
    let text = new(1).text;
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        let damaged = String::from_utf8(bytes).unwrap();
        assert_eq!(parse(&damaged).map(drop), Err(Refused::ApiTokenDamaged), "at {at}");
        assert_eq!(parse(&text[..at]).map(drop), Err(Refused::ApiTokenDamaged));
    }
    assert_eq!(parse(&format!("{text}0")).map(drop), Err(Refused::ApiTokenDamaged));
    assert_eq!(parse(&"hrt_é".repeat(16)).map(drop), Err(Refused::ApiTokenDamaged));
}

#[test]
fn a_number_too_large_for_its_bytes_is_refused() {
    assert_eq!(from_base62::<4>("zzzzzz"), None);
    assert_eq!(from_base62::<4>("4gfFC3"), Some([0xff; 4]));
    assert_eq!(to_base62::<6>(&[0xff; 4]), "4gfFC3");
    assert_eq!(from_base62::<1>("04").unwrap(), [4]);
    assert_eq!(from_base62::<1>("-4"), None);
}

proptest! {
    #[test]
    fn what_is_drawn_is_read(seed: u64, bits: u128) {
        let id = ApiTokenId(Uuid::from_u128(bits));
        let token = generate(id, &Random::seeded(seed));
        let read = parse(&token.text).unwrap();
        prop_assert_eq!(read.id, id);
        prop_assert_eq!(read.secret.hash().0, token.hash.0);
    }

    #[test]
    fn no_text_panics(text in ".{0,100}", tail in "[0-9A-Za-z_]{76}") {
        let _ = parse(&text);
        let made_up = format!("{PREFIX}{tail}");
        prop_assert!(parse(&made_up).is_err());
    }
}

#[test]
fn both_secrets_work_until_the_overlap_of_a_rotation_ends() {
    let (old, new) = (new(1), new(2));
    let mut row = row(&new);
    row.previous_hash = Some(old.hash.to_vec());
    row.previous_until = Some(noon() + TimeDelta::hours(1));
    let works = |token: &NewToken, at| verify(&parse(&token.text).unwrap(), &row, None, at).is_ok();
    assert!(works(&old, noon()) && works(&new, noon()));
    let later = noon() + TimeDelta::hours(1);
    assert!(!works(&old, later) && works(&new, later));
    let until = |token: &NewToken| verify(&parse(&token.text).unwrap(), &row, None, noon()).unwrap();
    assert_eq!((until(&old), until(&new)), (later, noon() + DEFAULT_LIFE));
    row.previous_until = None;
    assert_eq!(verify_text(&old.text, &row), Err(Refused::ApiTokenUnknown));
}

#[test]
fn revoked_expired_and_foreign_tokens_are_refused() {
    let token = new(1);
    let revoked = Model { revoked_at: Some(noon()), ..row(&token) };
    assert_eq!(verify_text(&token.text, &revoked), Err(Refused::ApiTokenRevoked));
    let expired = Model { expires_at: noon(), ..row(&token) };
    assert_eq!(verify_text(&token.text, &expired), Err(Refused::Expired));
    let other = Model { id: ApiTokenId(Uuid::from_u128(9)), ..row(&token) };
    assert_eq!(verify_text(&token.text, &other), Err(Refused::ApiTokenUnknown));
    let empty = Model { secret_hash: Vec::new(), previous_hash: Some(Vec::new()), ..row(&token) };
    assert_eq!(verify_text(&token.text, &empty), Err(Refused::ApiTokenUnknown));
    assert_eq!(verify_text(&new(2).text, &revoked), Err(Refused::ApiTokenUnknown), "a stranger learns no state");
}

#[test]
fn an_address_list_limits_where_a_token_is_used_from() {
    let token = new(1);
    let presented = parse(&token.text).unwrap();
    let from = |networks: serde_json::Value, peer: Option<&str>| {
        let row = Model { networks, ..row(&token) };
        verify(&presented, &row, peer.map(|peer| peer.parse().unwrap()), noon()).is_ok()
    };
    let list = json!(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
    for inside in ["10.255.0.1", "192.0.2.7", "2001:db8::1", "::ffff:10.1.2.3"] {
        assert!(from(list.clone(), Some(inside)), "{inside}");
    }
    for outside in ["11.0.0.1", "192.0.2.8", "2001:db9::1", "::ffff:11.0.0.1"] {
        assert!(!from(list.clone(), Some(outside)), "{outside}");
    }
    assert!(!from(list, None), "an unknown address is not on any list");
    assert!(from(json!([]), None));
    for broken in [json!(null), json!("10.0.0.0/8"), json!(["all"]), json!([7])] {
        assert!(!from(broken.clone(), Some("10.0.0.1")), "{broken}");
    }
}

#[test]
fn networks_are_written_in_one_spelling() {
    let parse = |texts: &[&str]| parse_networks(&texts.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(
        parse(&["10.1.2.3/8", " 192.0.2.7 ", "2001:DB8::/32"]).unwrap(),
        ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]
    );
    assert_eq!(parse(&["10.0.0.0/8", "10.0.0.0/33"]), Err("10.0.0.0/33".to_owned()));
    assert!(parse(&["10.0.0.1"; 51]).is_err());
}

#[test]
fn a_use_is_recorded_once_an_hour_and_only_to_the_hour() {
    let hour = noon() - TimeDelta::seconds(noon().timestamp() % 3600);
    let at = |minutes| hour + TimeDelta::minutes(minutes);
    assert_eq!(use_to_record(None, at(59)), Some(hour));
    assert_eq!(use_to_record(Some(hour), at(59)), None);
    assert_eq!(use_to_record(Some(hour), at(61)), Some(at(60)));
    assert_eq!(use_to_record(Some(at(120)), at(61)), None, "a clock set back records nothing");
}

#[test]
fn secrets_do_not_print() {
    let token = new(1);
    let secret = &token.text[31..74];
    assert!(!format!("{token:?}{:?}", parse(&token.text).unwrap()).contains(secret));
}
