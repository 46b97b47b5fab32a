//! Recognition, points and rewards.

use std::pin::Pin;

use chrono::TimeDelta;
use serde_json::Value;

use super::{
    Column, Outcome, Streams,
    mutations::{Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way("Recognition", "public, emil to carl", "{ node(id: <thanks>) { ... on Recognition { … } } }", "/node"),
    way("Recognition", "of a team, lead to emil", "{ node(id: <thanks_team>) { ... on Recognition { … } } }", "/node"),
    way("Recognition", "private, emil to carl", "{ node(id: <thanks_private>) { ... on Recognition { … } } }", "/node"),
    way("Recognition", "public, admin to lead", "{ node(id: <thanks_lead>) { ... on Recognition { … } } }", "/node"),
    way(
        "Recognition",
        "from North A's budget, lead to emil",
        "{ node(id: <thanks_budget>) { ... on Recognition { … } } }",
        "/node",
    ),
    way("Recognition", "taken back, emil to carl", "{ node(id: <thanks_back>) { ... on Recognition { … } } }", "/node"),
    way("RecognitionConnection", "the feed", "{ recognitions { … } }", "/recognitions"),
    way(
        "RecognitionConnection",
        "emil received",
        "{ node(id: <emil>) { ... on Person { recognitions { … } } } }",
        "/node/recognitions",
    ),
    way("RecognitionConnection", "of North A", "{ recognitions(filter: { team: <team_a> }) { … } }", "/recognitions"),
    way("RecognitionEdge", "newest", "{ recognitions { edges { … } } }", "/recognitions/edges/0"),
    way(
        "ReactionCount",
        "of public",
        "{ node(id: <thanks>) { ... on Recognition { reactions { … } } } }",
        "/node/reactions/0",
    ),
    way(
        "RecognitionPermissionInfo",
        "public, emil to carl",
        "{ node(id: <thanks>) { ... on Recognition { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way("CompanyValue", "by node", "{ node(id: <value>) { ... on CompanyValue { … } } }", "/node"),
    way("CompanyValue", "of all", "{ companyValues { … } }", "/companyValues/0"),
    way(
        "CompanyValue",
        "named by thanks",
        "{ node(id: <thanks>) { ... on Recognition { companyValue { … } } } }",
        "/node/companyValue",
    ),
    way(
        "CelebrationConnection",
        "at the turn of the year",
        "{ celebrations(from: \"2026-12-20\", to: \"2027-02-15\", first: 100) { … } }",
        "/celebrations",
    ),
    way(
        "CelebrationEdge",
        "at the turn of the year",
        "{ celebrations(from: \"2026-12-20\", to: \"2027-02-15\") { edges { … } } }",
        "/celebrations/edges/0",
    ),
    way(
        "Celebration",
        "at the turn of the year",
        "{ celebrations(from: \"2026-12-20\", to: \"2027-02-15\") { nodes { … } } }",
        "/celebrations/nodes/0",
    ),
    way("CelebrationSettings", "one's own", "{ viewer { celebrationSettings { … } } }", "/viewer/celebrationSettings"),
    way("ThankSuggestion", "one's own", "{ viewer { thankSuggestions { … } } }", "/viewer/thankSuggestions/0"),
    way(
        "Person",
        "not thanked, reports to oneself",
        "{ viewer { unthankedReports { … } } }",
        "/viewer/unthankedReports/0",
    ),
    way(
        "RecognitionBalance",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { recognitionBalance { ... on RecognitionBalance { … } } } } }",
        "/node/recognitionBalance",
    ),
    way(
        "RecognitionBalance",
        "of South A",
        "{ node(id: <team_far>) { ... on Team { recognitionBalance { ... on RecognitionBalance { … } } } } }",
        "/node/recognitionBalance",
    ),
    way(
        "RecognitionBalanceHidden",
        "of a team of nobody",
        "{ node(id: <small>) { ... on Team { recognitionBalance { ... on RecognitionBalanceHidden { … } } } } }",
        "/node/recognitionBalance",
    ),
    way("Wallet", "one's own", "{ viewer { wallet { … } } }", "/viewer/wallet"),
    way("Wallet", "emil's", "{ node(id: <emil>) { ... on Person { points { … } } } }", "/node/points"),
    way("PointEntryConnection", "one's own", "{ viewer { wallet { history { … } } } }", "/viewer/wallet/history"),
    way(
        "PointEntryEdge",
        "one's own",
        "{ viewer { wallet { history { edges { … } } } } }",
        "/viewer/wallet/history/edges/0",
    ),
    way(
        "PointEntry",
        "one's own",
        "{ viewer { wallet { history { nodes { … } } } } }",
        "/viewer/wallet/history/nodes/0",
    ),
    way(
        "PointEntry",
        "one's own, the first",
        "{ viewer { wallet { history(last: 1) { nodes { … } } } } }",
        "/viewer/wallet/history/nodes/0",
    ),
    way("PointRules", "as they are", "{ pointRules { … } }", "/pointRules"),
    way("MonthlyAllowance", "as it is", "{ pointRules { monthlyAllowance { … } } }", "/pointRules/monthlyAllowance/0"),
    way("LedgerCheck", "of all", "{ ledgerCheck { … } }", "/ledgerCheck"),
    way("LedgerKindSum", "of the issue", "{ ledgerCheck { kinds { … } } }", "/ledgerCheck/kinds/0"),
    way("Reward", "by node", "{ node(id: <reward>) { ... on Reward { … } } }", "/node"),
    way("RewardConnection", "all", "{ rewards { … } }", "/rewards"),
    way("RewardEdge", "newest", "{ rewards { edges { … } } }", "/rewards/edges/0"),
    way("Redemption", "emil's, waiting", "{ node(id: <redemption>) { ... on Redemption { … } } }", "/node"),
    way("Redemption", "emil's, approved", "{ node(id: <approved>) { ... on Redemption { … } } }", "/node"),
    way("Redemption", "emil's, declined", "{ node(id: <declined>) { ... on Redemption { … } } }", "/node"),
    way("RedemptionConnection", "everybody's", "{ redemptions { … } }", "/redemptions"),
    way("RedemptionConnection", "one's own", "{ viewer { redemptions { … } } }", "/viewer/redemptions"),
    way("RedemptionEdge", "newest", "{ redemptions { edges { … } } }", "/redemptions/edges/0"),
    way(
        "RedemptionPermissionInfo",
        "emil's, waiting",
        "{ node(id: <redemption>) { ... on Redemption { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "RedemptionPermissionInfo",
        "emil's, approved",
        "{ node(id: <approved>) { ... on Redemption { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
];

pub const CALLS: &[Call] = &[
    ("recognitionGive", "to carl", "receivers: [<carl>], message: \"Thanks\"", Fresh::Nothing),
    ("recognitionGive", "to who has left", "receivers: [<gone>], message: \"Thanks\"", Fresh::Nothing),
    ("recognitionGive", "to oneself", "receivers: [<self>], message: \"Thanks\"", Fresh::Nothing),
    (
        "recognitionGive",
        "from North A's budget",
        "receivers: [<carl>], message: \"Thanks\", points: 1, budgetTeam: <team_a>",
        Fresh::Nothing,
    ),
    ("recognitionReact", "to public", "recognition: <thanks>, emoji: CLAP", Fresh::Nothing),
    ("recognitionReact", "to a team's", "recognition: <thanks_team>, emoji: CLAP", Fresh::Nothing),
    ("recognitionReact", "to private", "recognition: <thanks_private>, emoji: CLAP", Fresh::Nothing),
    ("recognitionWithdraw", "emil's, public", "recognition: <fresh>", Fresh::By(emils_thanks)),
    ("recognitionWithdraw", "emil's, private", "recognition: <fresh>", Fresh::By(emils_private_thanks)),
    ("companyValueCreate", "one", "name: <fresh>", Fresh::By(a_name)),
    ("companyValueUpdate", "one", "companyValue: <value>, description: \"Other\"", Fresh::Nothing),
    ("celebrationSettingsUpdate", "one's own", "birthday: { month: 2, day: 3 }", Fresh::Nothing),
    ("pointsAdjust", "emil's", "person: <emil>, points: 1, reason: \"Why\"", Fresh::Nothing),
    ("pointsAdjust", "one's own", "person: <self>, points: 1, reason: \"Why\"", Fresh::Nothing),
    ("teamBudgetGrant", "North A's", "team: <team_a>, points: 10", Fresh::Nothing),
    ("teamBudgetGrant", "South A's", "team: <team_far>, points: 10", Fresh::Nothing),
    ("pointRulesUpdate", "as they are", "currency: \"EUR\"", Fresh::Nothing),
    ("rewardCreate", "one", "title: \"A cup\", price: 10", Fresh::Nothing),
    ("rewardUpdate", "one", "reward: <reward>, description: \"Other\"", Fresh::Nothing),
    ("rewardRedeem", "one", "reward: <reward>", Fresh::Nothing),
    ("redemptionApprove", "emil's", "redemption: <fresh>", Fresh::By(waiting)),
    ("redemptionDecline", "emil's", "redemption: <fresh>, reason: \"No\"", Fresh::By(waiting)),
    ("redemptionCancel", "emil's", "redemption: <fresh>", Fresh::By(waiting)),
    ("redemptionFulfil", "emil's, waiting", "redemption: <fresh>", Fresh::By(waiting)),
    ("redemptionFulfil", "emil's, approved", "redemption: <fresh>", Fresh::By(approved)),
    ("redemptionRefund", "emil's, approved", "redemption: <fresh>, reason: \"No\"", Fresh::By(approved)),
];

type Made<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

fn emils_thanks<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { give(app, scene, scene.emil, "receivers: [<carl>]").await })
}

fn emils_private_thanks<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { give(app, scene, scene.emil, "receivers: [<carl>], visibility: PRIVATE").await })
}

/// A name nothing has yet.
fn a_name<'a>(app: &'a TestApp, _: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { format!("Value {}", app.statements().get()) })
}

fn waiting<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(redeem(app, scene, "reward"))
}

fn approved<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(redeem(app, scene, "plain_reward"))
}

async fn ask(client: &Client, scene: &Scene, document: &str, at: &str) -> String {
    let data = client.data(&scene.fill(document)).await;
    data.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{document}: {data}")).to_owned()
}

/// Thanks somebody, and returns the id.
pub async fn give(app: &TestApp, scene: &Scene, giver: &str, input: &str) -> String {
    // Ids grow with time: what is done in one moment has no order.
    app.advance(TimeDelta::seconds(1));
    let document = format!(
        "mutation {{ recognitionGive(input: {{ {input}, message: \"{} thanks\" }}) {{
            recognition {{ id }} errors {{ message }} }} }}",
        scene.word
    );
    ask(&app.client_of(giver).await, scene, &document, "/recognitionGive/recognition/id").await
}

async fn redeem(app: &TestApp, scene: &Scene, reward: &str) -> String {
    app.advance(TimeDelta::seconds(1));
    let document = format!(
        "mutation {{ rewardRedeem(input: {{ reward: <{reward}> }}) {{ redemption {{ id }} errors {{ message }} }} }}"
    );
    ask(&app.client_of(scene.emil).await, scene, &document, "/rewardRedeem/redemption/id").await
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let admin = app.client_of(scene.admin).await;
    let word = scene.word;
    let value = format!(
        "mutation {{ companyValueCreate(input: {{ name: \"{word} courage\", emoji: \"🦁\" }}) {{
            companyValue {{ id }} errors {{ message }} }} }}"
    );
    let value = ask(&admin, scene, &value, "/companyValueCreate/companyValue/id").await;
    scene.put("value", value);
    for (name, approval) in [("reward", true), ("plain_reward", false)] {
        let create = format!(
            "mutation {{ rewardCreate(input: {{ title: \"{word} reward\", price: 1, stock: 100, needsApproval: {approval} }}) {{
                reward {{ id }} errors {{ message }} }} }}"
        );
        let id = ask(&admin, scene, &create, "/rewardCreate/reward/id").await;
        scene.put(name, id);
    }
    let small = format!(
        "mutation {{ teamCreate(input: {{ name: \"{word} few\", parent: <team_a> }}) {{
            team {{ id }} errors {{ message }} }} }}"
    );
    let small = ask(&admin, scene, &small, "/teamCreate/team/id").await;
    scene.put("small", small);
    let endow = "mutation { pointsAdjust(input: { person: <emil>, points: 1000, reason: \"A start\" }) {
        person { id } errors { message } } }";
    ask(&admin, scene, endow, "/pointsAdjust/person/id").await;
    // In a month that is over: the balance of a team counts no other.
    let now = app.clock.now();
    app.set_clock(now - TimeDelta::days(40));
    give(app, scene, scene.lead, "receivers: [<emil>]").await;
    app.set_clock(now);
    let thanks = give(app, scene, scene.emil, "receivers: [<carl>], points: 5, companyValue: <value>").await;
    let private = give(app, scene, scene.emil, "receivers: [<carl>], visibility: PRIVATE").await;
    let team = give(app, scene, scene.lead, "receivers: [<emil>], points: 5, visibility: TEAM").await;
    for (name, id) in [("thanks", thanks), ("thanks_private", private), ("thanks_team", team)] {
        scene.put(name, id);
    }
    set_more(scene, app, &admin).await;
    let birthday =
        "mutation { celebrationSettingsUpdate(input: { birthday: { month: 11, day: 24 }, showBirthday: true }) {
        celebrationSettings { showBirthday } errors { message } } }";
    app.client_of(scene.lead).await.data(birthday).await;
    // What happens in one moment has no order, and the newest notification is asked for.
    app.advance(TimeDelta::seconds(1));
    let react = "mutation { recognitionReact(input: { recognition: <thanks>, emoji: HEART }) {
        recognition { id } errors { message } } }";
    ask(&app.client_of(scene.lead).await, scene, react, "/recognitionReact/recognition/id").await;
    for (name, reward) in [("redemption", "reward"), ("approved", "plain_reward")] {
        let id = redeem(app, scene, reward).await;
        scene.put(name, id);
    }
}

/// Thanks to a lead, whom the board sees; thanks from a budget; thanks that were taken back; a redemption that was declined.
async fn set_more(scene: &mut Scene, app: &TestApp, admin: &Client) {
    let to_lead = give(app, scene, scene.admin, "receivers: [<lead>]").await;
    scene.put("thanks_lead", to_lead);
    let grant =
        "mutation { teamBudgetGrant(input: { team: <team_a>, points: 100 }) { team { id } errors { message } } }";
    ask(admin, scene, grant, "/teamBudgetGrant/team/id").await;
    let paid = give(app, scene, scene.lead, "receivers: [<emil>], points: 2, budgetTeam: <team_a>").await;
    scene.put("thanks_budget", paid);
    let back = give(app, scene, scene.emil, "receivers: [<carl>]").await;
    scene.put("thanks_back", back);
    let withdraw = "mutation { recognitionWithdraw(input: { recognition: <thanks_back> }) {
        recognition { id } errors { message } } }";
    ask(&app.client_of(scene.emil).await, scene, withdraw, "/recognitionWithdraw/recognition/id").await;
    let declined = redeem(app, scene, "reward").await;
    scene.put("declined", declined);
    app.advance(TimeDelta::seconds(1));
    let decline = "mutation { redemptionDecline(input: { redemption: <declined>, reason: \"Not now\" }) {
        redemption { id } errors { message } } }";
    ask(admin, scene, decline, "/redemptionDecline/redemption/id").await;
}

/// The subscription, while emil thanks carl where everybody sees it.
pub async fn listen(app: &TestApp, scene: &Scene, clients: &[(Column, Client)], outcome: &mut Outcome) {
    let streams = Streams::open(clients, "subscription { recognitionGiven { id message } }".to_owned()).await;
    let thanks = give(app, scene, scene.emil, "receivers: [<carl>]").await;
    streams.hear("recognitionGiven", "public, emil to carl", &thanks, outcome).await;
}
