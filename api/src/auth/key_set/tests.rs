use serde_json::json;

use super::*;
use crate::auth::testing::{ALL, EC, ED, RSA, key_set};

fn usable(change: impl FnOnce(&mut Value)) -> bool {
    let mut jwk = RSA.jwk("k");
    change(&mut jwk);
    !key_set(&[jwk]).is_empty()
}

#[test]
fn a_key_of_each_kind_is_read_with_its_own_algorithm() {
    for key in [&*RSA, &*EC, &*ED] {
        let mut jwk = key.jwk("k");
        let named = key_set(&[jwk.clone()]).find(Some("k"), Algorithm::RS256).unwrap().algorithm();
        jwk.as_object_mut().unwrap().remove("alg");
        let derived = key_set(&[jwk]).find(Some("k"), Algorithm::RS256).unwrap().algorithm();
        assert_eq!((Some(named), Some(derived)), (algorithm_named(key.name()), algorithm_named(key.name())));
    }
}

#[test]
fn keys_for_encryption_and_for_signing_only_are_ignored() {
    assert!(!usable(|jwk| jwk["use"] = "enc".into()));
    assert!(!usable(|jwk| jwk["use"] = 7.into()));
    assert!(!usable(|jwk| jwk["key_ops"] = json!(["encrypt"])));
    assert!(usable(|jwk| jwk["key_ops"] = json!(["verify"])));
    assert!(usable(|jwk| {
        jwk.as_object_mut().unwrap().remove("use");
    }));
}

#[test]
fn a_key_for_another_algorithm_is_ignored() {
    for alg in ["RS512", "PS256", "RSA-OAEP", "ES256", "HS256", "none"] {
        assert!(!usable(|jwk| jwk["alg"] = alg.into()), "{alg}");
    }
    assert!(!usable(|jwk| jwk["kty"] = "oct".into()));
    let body = json!({ "keys": [RSA.jwk("k")] }).to_string();
    assert!(KeySet::parse(body.as_bytes(), &[Algorithm::ES256]).unwrap().is_empty(), "the issuer's list decides too");
}

#[test]
fn malformed_and_weak_keys_are_ignored_and_spare_the_others() {
    assert!(!usable(|jwk| jwk["kid"] = "k".repeat(129).into()));
    assert!(!usable(|jwk| jwk["kid"] = 7.into()));
    assert!(!usable(|jwk| jwk["n"] = "AQAB".into()));
    assert!(!usable(|jwk| jwk["n"] = "!".into()));
    assert!(!usable(|jwk| jwk["n"] = URL_SAFE_NO_PAD.encode([0xff; 128]).into()), "1024 bits");
    assert!(!usable(|jwk| jwk["n"] = URL_SAFE_NO_PAD.encode([0xff; 2048]).into()), "16384 bits");
    let mut short = EC.jwk("ec");
    short["x"] = "AAAA".into();
    let set = key_set(&[json!(null), json!({}), short, json!({ "kty": "EC", "crv": "P-521" }), ED.jwk("ed")]);
    assert_eq!(set.len(), 1);
    for body in ["", "[]", "{}", "{\"keys\":{}}", "<html>"] {
        assert!(KeySet::parse(body.as_bytes(), &ALL).is_err());
    }
}

#[test]
fn a_shared_key_id_means_the_key_of_the_token_s_algorithm() {
    let set = key_set(&[RSA.jwk("k"), ED.jwk("k")]);
    let found = |algorithm| set.find(Some("k"), algorithm).unwrap().algorithm();
    assert_eq!([found(Algorithm::RS256), found(Algorithm::EdDSA)], [Algorithm::RS256, Algorithm::EdDSA]);
    assert_eq!(found(Algorithm::ES256), Algorithm::RS256, "for the caller to refuse");
    assert!(set.find(None, Algorithm::RS256).is_none());
    assert!(key_set(&[RSA.jwk("k")]).find(None, Algorithm::RS256).is_some());
}
