use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::auth::testing::{AUDIENCE, EC, ED, ISSUER, RSA, TestKey, claims, header, key_set, noon, provider};

fn verify_for(token: &str, provider: &Provider) -> Result<VerifiedToken, Refused> {
    let keys = key_set(&[RSA.jwk("rsa"), EC.jwk("ec"), ED.jwk("ed")]);
    let checked = Unverified::read(token)?.check(provider, noon())?;
    let key = keys.find(checked.kid(), checked.algorithm()).ok_or(Refused::UnknownKey)?.clone();
    checked.verify(&key)
}

fn verify(token: &str) -> Result<VerifiedToken, Refused> {
    verify_for(token, &provider())
}

fn with_claims(change: impl FnOnce(&mut Value)) -> Result<VerifiedToken, Refused> {
    let mut claims = claims();
    change(&mut claims);
    verify(&ED.token(&header(&ED, "ed"), &claims))
}

fn with_header(change: impl FnOnce(&mut Value)) -> Result<VerifiedToken, Refused> {
    let mut header = header(&ED, "ed");
    change(&mut header);
    verify(&ED.token(&header, &claims()))
}

fn without(name: &str) -> impl FnOnce(&mut Value) {
    move |object| {
        object.as_object_mut().unwrap().remove(name);
    }
}

#[test]
fn a_good_token_of_each_algorithm_is_taken() {
    for (key, kid) in [(&*RSA, "rsa"), (&*EC, "ec"), (&*ED, "ed")] {
        let token = verify(&key.good_token(kid)).unwrap();
        assert_eq!((token.issuer.as_str(), token.subject.as_str()), (ISSUER, "ada"));
        assert_eq!(token.expires_at, noon() + TimeDelta::seconds(300));
        assert_eq!(token.issued_at, noon() - TimeDelta::seconds(10));
        assert_eq!(token.verified_email, None);
    }
}

#[test]
fn the_curve_s_own_algorithm_name_is_understood() {
    assert!(with_header(|header| header["alg"] = "Ed25519".into()).is_ok());
}

#[test]
fn a_token_longer_than_8_kib_is_not_looked_at() {
    assert_eq!(with_claims(|claims| claims["pad"] = "x".repeat(MAX_TOKEN_BYTES).into()), Err(Refused::TooLong));
    assert_eq!(verify(&"a.b.".repeat(1 << 20)), Err(Refused::TooLong));
    assert!(with_claims(|claims| claims["pad"] = "x".repeat(4096).into()).is_ok());
}

#[test]
fn a_token_has_three_parts() {
    let good = ED.good_token("ed");
    let parts: Vec<&str> = good.split('.').collect();
    for text in ["", ".", "..", "a.b", "a.b.c.d.e", &parts[..2].join("."), &format!("{good}.x"), &format!(".{good}")] {
        assert_eq!(verify(text), Err(Refused::NotThreeParts), "{text}");
    }
    assert_eq!(verify(&format!("{}.{}.", parts[0], parts[1])), Err(Refused::NotThreeParts));
}

#[test]
fn parts_are_base64url_of_one_json_object() {
    let good = ED.good_token("ed");
    let parts: Vec<&str> = good.split('.').collect();
    assert_eq!(verify(&format!("!.{}.{}", parts[1], parts[2])), Err(Refused::Malformed("header")));
    assert_eq!(verify(&format!("{}.{}=.{}", parts[0], parts[1], parts[2])), Err(Refused::Malformed("claims")));
    assert_eq!(verify(&ED.token_of("[]", "{}")), Err(Refused::Malformed("header")));
    let header = header(&ED, "ed").to_string();
    assert_eq!(verify(&ED.token_of(&header, "\"ada\"")), Err(Refused::Malformed("claims")));
    assert_eq!(verify(&ED.token_of(&header, "{} ")).map(drop), Err(Refused::Missing("iss")));
    assert_eq!(verify(&ED.token_of(&header, "{}{}")), Err(Refused::Malformed("claims")));
}

#[test]
fn a_key_that_occurs_twice_is_refused_in_header_and_claims() {
    let good_header = header(&ED, "ed").to_string();
    let twice = claims().to_string().replacen('{', "{\"sub\":\"bob\",", 1);
    assert_eq!(verify(&ED.token_of(&good_header, &twice)), Err(Refused::Malformed("claims")));
    let twice = good_header.replacen('{', "{\"alg\":\"none\",", 1);
    assert_eq!(verify(&ED.token_of(&twice, &claims().to_string())), Err(Refused::Malformed("header")));
}

#[test]
fn truncated_anywhere_it_is_refused() {
    let good = ED.good_token("ed");
    for end in 0..good.len() {
        assert!(verify(&good[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_changed_bit_anywhere_is_refused() {
    let good = ED.good_token("ed");
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        if changed != good {
            assert!(verify(&changed).is_err(), "changed at {at}");
        }
    }
}

#[test]
fn the_type_is_that_of_an_access_token() {
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(with_header(|header| header["typ"] = typ.into()).is_ok(), "{typ}");
    }
    for typ in ["JWT", "jwt", "", "id_token", "logout+jwt", "dpop+jwt", "at+jwt ", "application/jwt"] {
        assert_eq!(with_header(|header| header["typ"] = typ.into()), Err(Refused::Type), "{typ}");
    }
    assert_eq!(with_header(without("typ")), Err(Refused::Type));
    assert_eq!(with_header(|header| header["typ"] = 7.into()), Err(Refused::Type));
}

#[test]
fn typ_jwt_is_taken_only_by_switch_and_only_from_listed_clients() {
    let lenient = Provider { accept_typ_jwt: true, ..provider() };
    let mut header = header(&ED, "ed");
    header["typ"] = "JWT".into();
    let verify_lenient = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims();
        change(&mut claims);
        verify_for(&ED.token(&header, &claims), &lenient)
    };
    assert!(verify_lenient(&|_| ()).is_ok());
    assert!(verify_lenient(&|claims| claims["azp"] = "spa".into()).is_ok());
    assert_eq!(verify_lenient(&|claims| claims["azp"] = "other".into()), Err(Refused::Client), "azp goes first");
    assert_eq!(verify_lenient(&|claims| claims["client_id"] = "other".into()), Err(Refused::Client));
    assert_eq!(verify_lenient(&|claims| claims["client_id"] = json!(["spa"])), Err(Refused::Client));
    let none = Provider { client_ids: Vec::new(), ..lenient.clone() };
    assert_eq!(verify_for(&ED.token(&header, &claims()), &none), Err(Refused::Client));
    assert_eq!(verify(&ED.token(&header, &claims())), Err(Refused::Type), "off by default");
}

#[test]
fn id_tokens_and_their_like_are_refused_whatever_their_type() {
    let lenient = Provider { accept_typ_jwt: true, ..provider() };
    for typ in ["JWT", "at+jwt"] {
        for claim in FOREIGN_CLAIMS {
            let mut header = header(&ED, "ed");
            header["typ"] = typ.into();
            let mut claims = claims();
            claims[claim] = Value::Null;
            let token = ED.token(&header, &claims);
            assert_eq!(verify_for(&token, &lenient), Err(Refused::NotAnAccessToken), "{typ} {claim}");
        }
    }
    for kind in ["ID", "Refresh", "Offline", "Logout"] {
        assert_eq!(with_claims(|claims| claims["typ"] = kind.into()), Err(Refused::NotAnAccessToken), "{kind}");
    }
    assert!(with_claims(|claims| claims["typ"] = "Bearer".into()).is_ok());
}

#[test]
fn a_header_that_brings_its_own_key_or_rules_is_refused() {
    for name in REFUSED_PARAMETERS {
        let refused = with_header(|header| header[name] = json!(["x"]));
        assert_eq!(refused, Err(Refused::HeaderParameter(name)));
        assert_eq!(with_header(|header| header[name] = Value::Null), Err(Refused::HeaderParameter(name)));
    }
    // The classic: a token that carries the key it was signed with.
    let own = TestKey::Ed(aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap());
    let mut header = header(&own, "ed");
    header["jwk"] = own.jwk("ed");
    assert_eq!(verify(&own.token(&header, &claims())), Err(Refused::HeaderParameter("jwk")));
}

#[test]
fn only_known_and_allowed_algorithms_are_taken() {
    for alg in ["none", "None", "NONE", "HS256", "HS512", "RS384", "PS256", "ES384", "ES256K", "rs256", ""] {
        assert_eq!(with_header(|header| header["alg"] = alg.into()), Err(Refused::AlgorithmNotAllowed), "{alg}");
    }
    assert_eq!(with_header(without("alg")), Err(Refused::AlgorithmNotAllowed));
    assert_eq!(with_header(|header| header["alg"] = json!(["EdDSA"])), Err(Refused::AlgorithmNotAllowed));
    let only_rsa = Provider { algorithms: vec![Algorithm::RS256], ..provider() };
    assert_eq!(verify_for(&ED.good_token("ed"), &only_rsa), Err(Refused::AlgorithmNotAllowed));
}

#[test]
fn alg_none_without_a_signature_is_refused() {
    let message =
        |header: &str| format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
    let unsigned = message("{\"typ\":\"at+jwt\",\"alg\":\"none\"}");
    assert_eq!(verify(&format!("{unsigned}.")), Err(Refused::NotThreeParts));
    assert_eq!(verify(&format!("{unsigned}.AA")), Err(Refused::AlgorithmNotAllowed));
}

#[test]
fn hs256_with_the_public_key_as_its_secret_is_refused() {
    let jwk = RSA.jwk("rsa").to_string();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, jwk.as_bytes());
    let header = json!({ "typ": "at+jwt", "alg": "HS256", "kid": "rsa" }).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
    let tag = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
    assert_eq!(verify(&format!("{message}.{tag}")), Err(Refused::AlgorithmNotAllowed));
}

#[test]
fn the_key_s_own_algorithm_decides() {
    let mut header = header(&ED, "rsa");
    assert_eq!(verify(&ED.token(&header, &claims())), Err(Refused::AlgorithmMismatch));
    header["alg"] = "RS256".into();
    assert_eq!(verify(&ED.token(&header, &claims())), Err(Refused::Signature));
    header["kid"] = "ed".into();
    assert_eq!(verify(&ED.token(&header, &claims())), Err(Refused::AlgorithmMismatch));
}

#[test]
fn another_s_signature_is_refused() {
    let stranger = TestKey::Ed(aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap());
    assert_eq!(verify(&stranger.good_token("ed")), Err(Refused::Signature));
    let (good, other) = (ED.good_token("ed"), ED.token(&header(&ED, "ed"), &json!({})));
    let mixed = format!("{}.{}", good.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
    assert_eq!(verify(&mixed), Err(Refused::Signature));
    assert_eq!(verify(&format!("{}.!!", good.rsplit_once('.').unwrap().0)), Err(Refused::Signature));
}

#[test]
fn key_ids_are_texts_of_at_most_128_bytes() {
    assert_eq!(with_header(|header| header["kid"] = "k".repeat(129).into()), Err(Refused::KeyId));
    assert_eq!(with_header(|header| header["kid"] = "".into()), Err(Refused::KeyId));
    assert_eq!(with_header(|header| header["kid"] = 7.into()), Err(Refused::KeyId));
    assert_eq!(with_header(|header| header["kid"] = "k".repeat(128).into()), Err(Refused::UnknownKey));
    assert_eq!(with_header(without("kid")), Err(Refused::UnknownKey), "three keys: which one is meant?");
}

#[test]
fn the_issuer_is_exact() {
    for issuer in
        ["https://evil.example", "https://login.example/", "HTTPS://login.example", "https://login.example ", ""]
    {
        assert_eq!(with_claims(|claims| claims["iss"] = issuer.into()), Err(Refused::Issuer), "{issuer}");
    }
    assert_eq!(with_claims(without("iss")), Err(Refused::Missing("iss")));
    assert_eq!(with_claims(|claims| claims["iss"] = json!([ISSUER])), Err(Refused::WrongType("iss")));
}

#[test]
fn the_audience_contains_ours() {
    assert!(with_claims(|claims| claims["aud"] = json!(["other", AUDIENCE])).is_ok());
    for aud in [json!("other"), json!([]), json!(["other"]), json!(format!("{AUDIENCE}/")), json!("")] {
        assert_eq!(with_claims(|claims| claims["aud"] = aud.clone()), Err(Refused::Audience), "{aud}");
    }
    for aud in [json!(null), json!(7), json!({ AUDIENCE: 1 }), json!([AUDIENCE, 7])] {
        assert_eq!(with_claims(|claims| claims["aud"] = aud.clone()), Err(Refused::WrongType("aud")), "{aud}");
    }
    assert_eq!(with_claims(without("aud")), Err(Refused::Missing("aud")));
    let unset = Provider { audience: String::new(), ..provider() };
    let mut claims = claims();
    claims["aud"] = "".into();
    assert_eq!(verify_for(&ED.token(&header(&ED, "ed"), &claims), &unset), Err(Refused::Audience));
}

#[test]
fn the_end_is_required_and_lies_ahead_with_30_seconds_leeway() {
    let now = noon().timestamp();
    assert!(with_claims(|claims| claims["exp"] = (now - 29).into()).is_ok());
    assert_eq!(with_claims(|claims| claims["exp"] = (now - 30).into()), Err(Refused::Expired));
    assert_eq!(with_claims(|claims| claims["exp"] = 0.into()), Err(Refused::Expired));
    assert_eq!(with_claims(without("exp")), Err(Refused::Missing("exp")));
    for exp in
        [json!(null), json!("4102444800"), json!([now]), json!(-1), json!(1e300), json!(u64::MAX), json!(now * 1000)]
    {
        assert_eq!(with_claims(|claims| claims["exp"] = exp.clone()), Err(Refused::WrongType("exp")), "{exp}");
    }
    let token = with_claims(|claims| claims["exp"] = json!(now as f64 + 60.7)).unwrap();
    assert_eq!(token.expires_at.timestamp(), now + 60);
}

#[test]
fn when_it_was_issued_is_required_and_lies_behind_with_30_seconds_leeway() {
    let now = noon().timestamp();
    assert!(with_claims(|claims| claims["iat"] = (now + 30).into()).is_ok());
    assert_eq!(with_claims(|claims| claims["iat"] = (now + 31).into()), Err(Refused::IssuedInFuture));
    assert_eq!(with_claims(without("iat")), Err(Refused::Missing("iat")));
    assert_eq!(with_claims(|claims| claims["iat"] = "now".into()), Err(Refused::WrongType("iat")));
}

#[test]
fn where_there_is_a_beginning_it_lies_behind_with_30_seconds_leeway() {
    let now = noon().timestamp();
    assert!(with_claims(|claims| claims["nbf"] = (now + 30).into()).is_ok());
    assert_eq!(with_claims(|claims| claims["nbf"] = (now + 31).into()), Err(Refused::NotYetValid));
    assert_eq!(with_claims(|claims| claims["nbf"] = Value::Null), Err(Refused::WrongType("nbf")));
}

#[test]
fn the_subject_is_a_text_of_1_to_255_bytes() {
    assert_eq!(with_claims(without("sub")), Err(Refused::Missing("sub")));
    for sub in [json!(""), json!(7), json!(null), json!("x".repeat(256)), json!("a\u{0}b")] {
        assert_eq!(with_claims(|claims| claims["sub"] = sub.clone()), Err(Refused::WrongType("sub")), "{sub}");
    }
}

#[test]
fn a_token_bound_to_a_key_is_not_taken_from_a_bearer() {
    assert_eq!(with_claims(|claims| claims["cnf"] = json!({ "jkt": "x" })), Err(Refused::SenderConstrained));
}

#[test]
fn an_email_counts_only_when_it_is_verified_by_the_boolean() {
    let email = |verified: Value| {
        with_claims(|claims| {
            claims["email"] = "ada@example.test".into();
            claims["email_verified"] = verified;
        })
        .unwrap()
        .verified_email
    };
    assert_eq!(email(json!(true)).as_deref(), Some("ada@example.test"));
    for not in [json!(false), json!("true"), json!(1), json!(null)] {
        assert_eq!(email(not), None);
    }
}
