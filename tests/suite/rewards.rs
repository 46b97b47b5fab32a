//! Rewards: the catalogue, and the way of points from a wish to its fulfilment or back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    harness::{Client, Reply, Role, TestApp},
    recognition::wallet,
};

const CREATE: &str = "mutation($input: RewardCreateInput!) { rewardCreate(input: $input) {
    reward { id stock price worthInCents } errors { code path } } }";
pub const REDEEM: &str = "mutation($input: RewardRedeemInput!) { rewardRedeem(input: $input) {
    redemption { id state price } errors { code message path } } }";

/// Creates a reward as the people partner, and returns its id.
pub async fn reward(app: &TestApp, more: Value) -> String {
    let mut input = json!({ "title": "A telescope", "price": 50 });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let data = app.client(Role::Partner).await.query(CREATE, json!({ "input": input })).await.data();
    data["rewardCreate"]["reward"]["id"].as_str().unwrap().to_owned()
}

/// Gives somebody points to spend.
pub async fn endow(app: &TestApp, person: &str, points: i64) {
    let adjust = "mutation($input: PointsAdjustInput!) { pointsAdjust(input: $input) { errors { code message } } }";
    let input = json!({ "person": app.person(person).await, "points": points, "reason": "A start" });
    app.client(Role::Admin).await.query(adjust, json!({ "input": input })).await.data();
    // Ids grow with time: what is done in one moment has no order.
    app.advance(TimeDelta::seconds(1));
}

async fn redeem(client: &Client, reward: &str) -> Reply {
    client.query(REDEEM, json!({ "input": { "reward": reward } })).await
}

async fn redeemed(client: &Client, reward: &str) -> String {
    let data = redeem(client, reward).await.data();
    data["rewardRedeem"]["redemption"]["id"].as_str().unwrap().to_owned()
}

async fn step(client: &Client, mutation: &str, id: &str) -> Reply {
    let reason =
        if ["redemptionDecline", "redemptionRefund"].contains(&mutation) { ", reason: \"Sold out\"" } else { "" };
    let document = format!(
        "mutation($id: ID!) {{ {mutation}(input: {{ redemption: $id{reason} }}) {{
            redemption {{ state reason }} errors {{ code message path }} }} }}"
    );
    client.query(&document, json!({ "id": id })).await
}

async fn stock(app: &TestApp, reward: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Reward { stock } } }";
    app.client(Role::Employee).await.query(document, json!({ "id": reward })).await.data()["node"]["stock"].clone()
}

pub async fn assert_sound(app: &TestApp) {
    let document = "{ ledgerCheck { sound total unbalancedTransfers differingAccounts overdrawnAccounts
        kinds { kind accounts balance posted } } }";
    let check = app.client(Role::Admin).await.data(document).await["ledgerCheck"].clone();
    assert_eq!((&check["sound"], &check["total"]), (&json!(true), &json!(0)), "{check:#}");
    for kind in check["kinds"].as_array().unwrap() {
        assert_eq!(kind["balance"], kind["posted"], "{check:#}");
    }
}

#[tokio::test]
async fn a_reward_is_asked_for_approved_and_fulfilled() {
    let app = TestApp::start().await;
    endow(&app, "emil", 120).await;
    let reward = reward(&app, json!({ "stock": 2, "needsApproval": true })).await;
    let (emil, petra) = (app.client_of("emil").await, app.client(Role::Partner).await);
    let id = redeemed(&emil, &reward).await;
    assert_eq!((wallet(&app, "emil").await.1, stock(&app, &reward).await), (70, json!(1)));
    let told = petra.data("{ viewer { notifications { nodes { kind subject { id } } } } }").await;
    let newest = &told["viewer"]["notifications"]["nodes"][0];
    assert_eq!((&newest["kind"], &newest["subject"]["id"]), (&json!("REWARD_REQUESTED"), &json!(id)));
    // Not before it is approved, and not for everybody.
    let early = step(&petra, "redemptionFulfil", &id).await;
    assert_eq!(early.refused_at("redemptionFulfil"), ["WRONG_STATE at redemption"]);
    for mutation in ["redemptionApprove", "redemptionDecline", "redemptionFulfil", "redemptionRefund"] {
        assert_eq!(step(&emil, mutation, &id).await.code(), "FORBIDDEN", "{mutation} by oneself");
        let unseen = step(&app.client_of("anna").await, mutation, &id).await;
        assert_eq!(unseen.refused_at(mutation), ["NOT_FOUND at redemption"], "{mutation} by somebody else");
    }
    step(&petra, "redemptionApprove", &id).await.data();
    app.advance(TimeDelta::seconds(1));
    assert_eq!(
        step(&petra, "redemptionApprove", &id).await.refused_at("redemptionApprove"),
        ["ALREADY_DONE at redemption"]
    );
    assert_eq!(
        step(&emil, "redemptionCancel", &id).await.refused_at("redemptionCancel"),
        ["WRONG_STATE at redemption"]
    );
    step(&petra, "redemptionFulfil", &id).await.data();
    for mutation in ["redemptionRefund", "redemptionDecline", "redemptionApprove"] {
        assert_eq!(step(&petra, mutation, &id).await.refused_at(mutation), ["WRONG_STATE at redemption"], "{mutation}");
    }
    assert_eq!(wallet(&app, "emil").await.1, 70);
    let mine = "{ viewer { redemptions { nodes { id state reward { title } } }
        notifications { nodes { kind } } wallet { history { nodes { kind points redemption { id } } } } } }";
    let data = emil.data(mine).await["viewer"].clone();
    assert_eq!(data["redemptions"]["nodes"][0]["state"], json!("FULFILLED"));
    let kinds: Vec<&str> = data["notifications"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .filter(|kind| kind.starts_with("REWARD"))
        .collect();
    assert_eq!(kinds, ["REWARD_FULFILLED", "REWARD_APPROVED"]);
    assert_eq!(data["wallet"]["history"]["nodes"][0]["redemption"]["id"], json!(id));
    assert_sound(&app).await;
}

#[tokio::test]
async fn whatever_ends_otherwise_gives_points_and_stock_back() {
    let app = TestApp::start().await;
    endow(&app, "emil", 60).await;
    let reward = reward(&app, json!({ "stock": 1, "needsApproval": true })).await;
    let (emil, petra) = (app.client_of("emil").await, app.client(Role::Partner).await);
    for (steps, state) in [
        (&["redemptionCancel"][..], "CANCELLED"),
        (&["redemptionDecline"], "DECLINED"),
        (&["redemptionApprove", "redemptionRefund"], "REFUNDED"),
    ] {
        let id = redeemed(&emil, &reward).await;
        assert_eq!((wallet(&app, "emil").await.1, stock(&app, &reward).await), (10, json!(0)));
        let empty = redeem(&app.client_of("anna").await, &reward).await;
        assert_eq!(empty.refused_at("rewardRedeem"), ["OUT_OF_STOCK at reward"]);
        for mutation in steps {
            let client = if *mutation == "redemptionCancel" { &emil } else { &petra };
            let reply = step(client, mutation, &id).await.data();
            let reason = if ["DECLINED", "REFUNDED"].contains(&state) { json!("Sold out") } else { Value::Null };
            if steps.last() == Some(mutation) {
                assert_eq!(reply[mutation]["redemption"], json!({ "state": state, "reason": reason }));
            }
        }
        assert_eq!((wallet(&app, "emil").await.1, stock(&app, &reward).await), (60, json!(1)), "{state}");
    }
    let id = redeemed(&emil, &reward).await;
    let silent = "mutation($id: ID!) { redemptionDecline(input: { redemption: $id, reason: \" \" }) {
        errors { code path } } }";
    let refused = petra.query(silent, json!({ "id": id })).await;
    assert_eq!(refused.refused_at("redemptionDecline"), ["REQUIRED at reason"]);
    assert_sound(&app).await;
}

#[tokio::test]
async fn points_and_stock_are_never_overspent() {
    let app = TestApp::start().await;
    endow(&app, "emil", 49).await;
    let dear = reward(&app, json!({})).await;
    let emil = app.client_of("emil").await;
    let refused = redeem(&emil, &dear).await;
    assert_eq!(refused.refused_at("rewardRedeem"), ["INSUFFICIENT_POINTS at reward"]);
    // The allowance is for others.
    assert_eq!(wallet(&app, "emil").await, (100, 49));
    let cheap = reward(&app, json!({ "price": 7, "stock": 100 })).await;
    let calls = (0..64).map(|_| {
        let (client, reward) = (emil.clone(), cheap.clone());
        async move { redeem(&client, &reward).await }
    });
    let replies = futures_util::future::join_all(calls).await;
    let done = replies.iter().filter(|reply| reply.body["data"]["rewardRedeem"]["redemption"].is_object()).count();
    assert_eq!(done, 7, "49 points are seven times 7");
    for reply in &replies {
        assert!(reply.errors().is_empty(), "{}", reply.body);
        let refused = reply.refused_at("rewardRedeem");
        assert!(refused.is_empty() || refused == ["INSUFFICIENT_POINTS at reward"], "{refused:?}");
    }
    assert_eq!((wallet(&app, "emil").await.1, stock(&app, &cheap).await), (0, json!(93)));
    // One is left, and everybody wants it.
    let last = reward(&app, json!({ "price": 1, "stock": 1 })).await;
    let mut clients = Vec::new();
    for person in ["anna", "anton", "arne", "aylin", "nora", "bela", "bodo", "bina"] {
        endow(&app, person, 5).await;
        clients.push(app.client_of(person).await);
    }
    let replies = futures_util::future::join_all(clients.iter().map(|client| redeem(client, &last))).await;
    let refused: Vec<String> = replies.iter().flat_map(|reply| reply.refused_at("rewardRedeem")).collect();
    assert_eq!(refused, vec!["OUT_OF_STOCK at reward"; 7]);
    assert_sound(&app).await;
}

#[tokio::test]
async fn of_two_decisions_at_once_one_counts() {
    let app = TestApp::start().await;
    endow(&app, "emil", 50).await;
    let reward = reward(&app, json!({ "needsApproval": true })).await;
    let id = redeemed(&app.client_of("emil").await, &reward).await;
    let (petra, adam, emil) =
        (app.client(Role::Partner).await, app.client(Role::Admin).await, app.client_of("emil").await);
    let (one, other, third) = tokio::join!(
        step(&petra, "redemptionDecline", &id),
        step(&adam, "redemptionDecline", &id),
        step(&emil, "redemptionCancel", &id)
    );
    let done = |reply: &Reply, field: &str| reply.body["data"][field]["redemption"].is_object();
    let won = [done(&one, "redemptionDecline"), done(&other, "redemptionDecline"), done(&third, "redemptionCancel")];
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    assert_eq!(wallet(&app, "emil").await.1, 50, "given back once");
    assert_sound(&app).await;
}

#[tokio::test]
async fn the_catalogue_is_kept_by_few_and_refuses_nonsense() {
    let app = TestApp::start().await;
    let petra = app.client(Role::Partner).await;
    let ask = async |client: &Client, input: Value| client.query(CREATE, json!({ "input": input })).await;
    for (input, refused) in [
        (json!({ "title": " ", "price": 1 }), "REQUIRED at title"),
        (json!({ "title": "x".repeat(121), "price": 1 }), "TOO_LONG at title"),
        (json!({ "title": "A", "price": 1, "description": "x".repeat(2_001) }), "TOO_LONG at description"),
        (json!({ "title": "A", "price": 0 }), "INVALID at price"),
        (json!({ "title": "A", "price": 10_000_001 }), "INVALID at price"),
        (json!({ "title": "A", "price": 1, "stock": -1 }), "INVALID at stock"),
        (json!({ "title": "A", "price": 1, "idempotencyKey": "short" }), "INVALID at idempotencyKey"),
    ] {
        assert_eq!(ask(&petra, input).await.refused_at("rewardCreate"), [refused]);
    }
    for role in [Role::Employee, Role::Manager, Role::PartnerOfNorth, Role::FullToken] {
        assert_eq!(ask(&app.client(role).await, json!({ "title": "A", "price": 1 })).await.code(), "FORBIDDEN");
    }
    let created = ask(&petra, json!({ "title": "A cup", "price": 125 })).await.data();
    assert_eq!(created["rewardCreate"]["reward"]["worthInCents"], json!(1_250));
    let id = created["rewardCreate"]["reward"]["id"].clone();
    let update = "mutation($input: RewardUpdateInput!) { rewardUpdate(input: $input) {
        reward { price stock active } errors { code path } } }";
    let change = async |input: Value| petra.query(update, json!({ "input": input })).await;
    let data = change(json!({ "reward": id, "price": 130, "stock": 3, "active": false })).await.data();
    assert_eq!(data["rewardUpdate"]["reward"], json!({ "price": 130, "stock": 3, "active": false }));
    let data = change(json!({ "reward": id, "stock": null })).await.data();
    assert_eq!(data["rewardUpdate"]["reward"], json!({ "price": 130, "stock": null, "active": false }));
    let none = change(json!({ "reward": "rwd_00000000000000000000000001", "price": 1 })).await;
    assert_eq!(none.refused_at("rewardUpdate"), ["NOT_FOUND at reward"]);
    let emil = app.client_of("emil").await;
    assert_eq!(emil.data("{ rewards(inactive: true) { nodes { id } } }").await["rewards"]["nodes"], json!([]));
    let kept = petra.data("{ rewards(inactive: true) { nodes { id } } }").await;
    assert_eq!(kept["rewards"]["nodes"], json!([{ "id": id }]));
    endow(&app, "emil", 500).await;
    let refused = redeem(&emil, id.as_str().unwrap()).await;
    assert_eq!(refused.refused_at("rewardRedeem"), ["NOT_FOUND at reward"]);
}

#[tokio::test]
async fn a_vendor_sees_what_is_approved_and_says_that_it_was_handed_over() {
    let app = TestApp::start().await;
    let create = "mutation { apiTokenCreate(input: { name: \"Vendor\", scopes: [REWARDS_FULFIL, DOCUMENTS_FREE] }) {
        secret errors { code } } }";
    let secret = app.client(Role::Admin).await.data(create).await["apiTokenCreate"]["secret"].clone();
    let vendor = app.client_with(Some(secret.as_str().unwrap().to_owned()));
    endow(&app, "emil", 100).await;
    let reward = reward(&app, json!({ "needsApproval": true })).await;
    let emil = app.client_of("emil").await;
    let (waiting, approved) = (redeemed(&emil, &reward).await, redeemed(&emil, &reward).await);
    step(&app.client(Role::Partner).await, "redemptionApprove", &approved).await.data();
    let list = vendor.data("{ redemptions { nodes { id state reward { title } person { id } } } }").await;
    let nodes = list["redemptions"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 1);
    assert_eq!((&nodes[0]["id"], &nodes[0]["reward"]["title"]), (&json!(approved), &json!("A telescope")));
    assert!(nodes[0]["person"].is_null(), "who it is for needs a scope of the directory");
    assert_eq!(
        step(&vendor, "redemptionFulfil", &waiting).await.refused_at("redemptionFulfil"),
        ["NOT_FOUND at redemption"]
    );
    for mutation in ["redemptionRefund", "redemptionApprove", "redemptionCancel"] {
        assert_eq!(step(&vendor, mutation, &approved).await.code(), "FORBIDDEN", "{mutation}");
    }
    step(&vendor, "redemptionFulfil", &approved).await.data();
    let nothing = vendor
        .data(
            "{ recognitions { nodes { id } } companyValues { id } ledgerCheck { sound }
        viewer { wallet { earned } redemptions { nodes { id } } } }",
        )
        .await;
    assert_eq!(nothing["recognitions"]["nodes"], json!([]));
    assert!(nothing["companyValues"].is_null() && nothing["ledgerCheck"].is_null());
    assert!(nothing["viewer"]["wallet"].is_null() && nothing["viewer"]["redemptions"].is_null());
}

#[tokio::test]
async fn a_retry_with_its_key_moves_nothing_twice() {
    let app = TestApp::start().await;
    let key = "a-key-of-my-own-0001";
    endow(&app, "emil", 200).await;
    let reward = reward(&app, json!({ "stock": 9 })).await;
    let (emil, adam) = (app.client_of("emil").await, app.client(Role::Admin).await);
    let anna = app.person("anna").await;
    let give = "mutation($input: RecognitionGiveInput!) { recognitionGive(input: $input) {
        recognition { id } errors { code } } }";
    let adjust =
        "mutation($input: PointsAdjustInput!) { pointsAdjust(input: $input) { person { id } errors { code } } }";
    let budget = "mutation($input: TeamBudgetGrantInput!) { teamBudgetGrant(input: $input) {
        team { id pointsBudget } errors { code } } }";
    let cases = [
        (&emil, REDEEM, json!({ "reward": reward, "idempotencyKey": key })),
        (&emil, give, json!({ "receivers": [anna], "message": "Thanks", "points": 10, "idempotencyKey": key })),
        (&adam, adjust, json!({ "person": anna, "points": 3, "reason": "Won", "idempotencyKey": key })),
        (&adam, budget, json!({ "team": app.team("north-a").await, "points": 40, "idempotencyKey": key })),
    ];
    for (client, document, input) in &cases {
        let first = client.query(document, json!({ "input": input })).await.data();
        for _ in 0..2 {
            assert_eq!(client.query(document, json!({ "input": input })).await.data(), first);
        }
    }
    assert_eq!((wallet(&app, "emil").await, wallet(&app, "anna").await), ((90, 150), (100, 13)));
    let none = "rwd_00000000000000000000000001";
    let other = emil.query(REDEEM, json!({ "input": { "reward": none, "idempotencyKey": key } })).await;
    assert_eq!(other.code(), "IDEMPOTENCY_CONFLICT");
    assert_eq!(stock(&app, &reward).await, json!(8));
    assert_sound(&app).await;
}

#[tokio::test]
async fn a_lead_gives_from_the_budget_of_the_team() {
    let app = TestApp::start().await;
    let grant = "mutation($input: TeamBudgetGrantInput!) { teamBudgetGrant(input: $input) {
        team { pointsBudget } errors { code path } } }";
    let team = app.team("north-a").await;
    let ask = async |role: Role, team: &str, points: i64| {
        app.client(role).await.query(grant, json!({ "input": { "team": team, "points": points } })).await
    };
    assert_eq!(ask(Role::Manager, &team, 50).await.code(), "FORBIDDEN");
    assert_eq!(ask(Role::Admin, &team, 0).await.refused_at("teamBudgetGrant"), ["INVALID at points"]);
    assert_eq!(
        ask(Role::Admin, &app.team("u-team").await, 5).await.refused_at("teamBudgetGrant"),
        ["NOT_FOUND at team"]
    );
    assert_eq!(ask(Role::PartnerOfNorth, &app.team("south-a").await, 5).await.code(), "FORBIDDEN");
    let data = ask(Role::PartnerOfNorth, &team, 50).await.data();
    assert_eq!(data["teamBudgetGrant"]["team"]["pointsBudget"], json!(50));
    let more = json!({ "points": 20, "budgetTeam": team });
    crate::recognition::give(&app, "nora", &["emil", "anna"], more.clone()).await;
    // Who leads a team above may, too; who is only a member may not.
    let above =
        crate::recognition::try_to_give(&app, "nadia", &["emil"], json!({ "points": 11, "budgetTeam": team })).await;
    assert_eq!(above.refused_at("recognitionGive"), ["INSUFFICIENT_POINTS at points"]);
    let id = crate::recognition::give(&app, "nadia", &["emil"], json!({ "points": 10, "budgetTeam": team })).await;
    let member = crate::recognition::try_to_give(&app, "emil", &["anna"], more).await;
    assert_eq!(member.refused_at("recognitionGive"), ["FORBIDDEN at budgetTeam"]);
    assert_eq!((wallet(&app, "nora").await, wallet(&app, "emil").await), ((100, 0), (100, 30)));
    // Taken back, the points return to the budget, also in another month.
    let withdraw = "mutation($id: ID!) { recognitionWithdraw(input: { recognition: $id }) { errors { code } } }";
    app.client_of("nadia").await.query(withdraw, json!({ "id": id })).await.data();
    let budget = "query($id: ID!) { node(id: $id) { ... on Team { pointsBudget } } }";
    for (role, seen) in [(Role::Manager, json!(10)), (Role::Admin, json!(10)), (Role::Employee, Value::Null)] {
        let data = app.client(role).await.query(budget, json!({ "id": team })).await.data();
        assert_eq!(data["node"]["pointsBudget"], seen, "{role:?}");
    }
    assert_sound(&app).await;
}

#[tokio::test]
async fn corrections_are_made_by_admins_with_a_reason_and_never_for_oneself() {
    let app = TestApp::start().await;
    let adjust = "mutation($input: PointsAdjustInput!) { pointsAdjust(input: $input) { errors { code path } } }";
    let (adam, emil) = (app.client(Role::Admin).await, app.person("emil").await);
    let ask = async |client: &Client, input: Value| client.query(adjust, json!({ "input": input })).await;
    for (input, refused) in [
        (json!({ "person": emil, "points": 0, "reason": "Why" }), "INVALID at points"),
        (json!({ "person": emil, "points": 1_000_001, "reason": "Why" }), "INVALID at points"),
        (json!({ "person": emil, "points": 5, "reason": " " }), "REQUIRED at reason"),
        (json!({ "person": emil, "points": -1, "reason": "Why" }), "INSUFFICIENT_POINTS at points"),
        (json!({ "person": app.person("una").await, "points": 5, "reason": "Why" }), "NOT_FOUND at person"),
    ] {
        assert_eq!(ask(&adam, input).await.refused_at("pointsAdjust"), [refused]);
    }
    let own = json!({ "person": app.person("adam").await, "points": 5, "reason": "Mine" });
    assert_eq!(ask(&adam, own).await.code(), "FORBIDDEN");
    for role in [Role::Employee, Role::Manager, Role::Partner, Role::FullToken] {
        let input = json!({ "person": app.person("arne").await, "points": 5, "reason": "Why" });
        assert_eq!(ask(&app.client(role).await, input).await.code(), "FORBIDDEN", "{role:?}");
    }
    ask(&adam, json!({ "person": emil, "points": 5, "reason": "Won the raffle" })).await.data();
    let emil = app.client_of("emil").await;
    let seen = emil.data("{ viewer { wallet { history { nodes { kind reason points balanceAfter } } } } }");
    let line = json!({ "kind": "ADJUSTMENT", "reason": "Won the raffle", "points": 5, "balanceAfter": 5 });
    assert_eq!(seen.await["viewer"]["wallet"]["history"]["nodes"][0], line);
    use hearten_entity::{InOrganization, audit_event};
    let rows = audit_event::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert!(rows.iter().any(|row| row.action == "points.adjust"));
}

#[tokio::test]
async fn rules_are_changed_by_few_and_hold_from_the_next_allowance_on() {
    let app = TestApp::start().await;
    let update = "mutation($input: PointRulesUpdateInput!) { pointRulesUpdate(input: $input) {
        pointRules { pointsPerUnit currency approvalRequired monthlyAllowance { relationship points } }
        errors { code path } } }";
    let petra = app.client(Role::Partner).await;
    let ask = async |client: &Client, input: Value| client.query(update, json!({ "input": input })).await;
    let monthly = |points: i64| json!([{ "relationship": "EMPLOYEE", "points": points }]);
    for (input, refused) in [
        (json!({ "pointsPerUnit": 0 }), "INVALID at pointsPerUnit"),
        (json!({ "currency": "euro" }), "INVALID at currency"),
        (json!({ "monthlyAllowance": monthly(100_001) }), "INVALID at monthlyAllowance"),
        (json!({ "monthlyAllowance": monthly(-1) }), "INVALID at monthlyAllowance"),
    ] {
        assert_eq!(ask(&petra, input).await.refused_at("pointRulesUpdate"), [refused]);
    }
    for role in [Role::Employee, Role::PartnerOfNorth, Role::FullToken] {
        assert_eq!(ask(&app.client(role).await, json!({ "currency": "CHF" })).await.code(), "FORBIDDEN", "{role:?}");
    }
    crate::recognition::give(&app, "emil", &["anna"], json!({ "points": 1 })).await;
    let rules = json!({ "monthlyAllowance": monthly(30), "pointsPerUnit": 20, "approvalRequired": true });
    let data = ask(&petra, rules).await.data();
    let rules = &data["pointRulesUpdate"]["pointRules"];
    assert_eq!((&rules["pointsPerUnit"], &rules["currency"]), (&json!(20), &json!("EUR")));
    assert_eq!(wallet(&app, "emil").await.0, 99, "this month's stays");
    assert_eq!(wallet(&app, "arne").await.0, 30, "who gave nothing yet has the new one");
    app.advance(TimeDelta::days(30));
    assert_eq!(wallet(&app, "emil").await.0, 30);
    assert_eq!(wallet(&app, "aylin").await.0, 100, "a contractor's");
    endow(&app, "emil", 50).await;
    let reward = reward(&app, json!({})).await;
    let data = redeem(&app.client_of("emil").await, &reward).await.data();
    assert_eq!(data["rewardRedeem"]["redemption"]["state"], json!("REQUESTED"), "everything waits for approval");
}
