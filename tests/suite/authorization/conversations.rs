//! Conversations: a 1:1 of the lead of North A and emil, what belongs to it, and what stands around conversations.

use std::pin::Pin;

use serde_json::{Value, json};

use super::{
    mutations::{Below, Call, Fresh},
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way(
        "ConversationSeriesConnection",
        "one's own",
        "{ viewer { conversationSeries { … } } }",
        "/viewer/conversationSeries",
    ),
    way(
        "ConversationSeriesEdge",
        "one's own",
        "{ viewer { conversationSeries { edges { … } } } }",
        "/viewer/conversationSeries/edges/0",
    ),
    way(
        "ConversationSeries",
        "of the lead and emil",
        "{ node(id: <talks>) { ... on ConversationSeries { … } } }",
        "/node",
    ),
    way(
        "ConversationSeriesPermissionInfo",
        "of the lead and emil",
        "{ node(id: <talks>) { ... on ConversationSeries { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "ConversationSeries",
        "a meeting of the lead",
        "{ node(id: <meeting>) { ... on ConversationSeries { … } } }",
        "/node",
    ),
    way(
        "ConversationSeries",
        "ended, of the lead and emil",
        "{ node(id: <talks_ended>) { ... on ConversationSeries { … } } }",
        "/node",
    ),
    way("ConversationConnection", "one's own", "{ viewer { conversations { … } } }", "/viewer/conversations"),
    way(
        "ConversationEdge",
        "one's own",
        "{ viewer { conversations { edges { … } } } }",
        "/viewer/conversations/edges/0",
    ),
    way("Conversation", "of the lead and emil", "{ node(id: <talk>) { ... on Conversation { … } } }", "/node"),
    way(
        "Conversation",
        "held, of a meeting of the lead",
        "{ node(id: <meeting_held>) { ... on Conversation { … } } }",
        "/node",
    ),
    way(
        "ConversationPermissionInfo",
        "of the lead and emil",
        "{ node(id: <talk>) { ... on Conversation { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "ConversationCheckIn",
        "emil's",
        "{ node(id: <talk>) { ... on Conversation { checkIns { … } } } }",
        "/node/checkIns/0",
    ),
    way(
        "AgendaItem",
        "of the lead and emil",
        "{ node(id: <talk>) { ... on Conversation { agenda { … } } } }",
        "/node/agenda/0",
    ),
    way(
        "AgendaItem",
        "of a meeting of the lead",
        "{ node(id: <meeting_held>) { ... on Conversation { agenda { … } } } }",
        "/node/agenda/0",
    ),
    way("ActionItem", "emil's, done", "{ node(id: <task_done>) { ... on ActionItem { … } } }", "/node"),
    way("ActionItem", "emil's", "{ node(id: <task>) { ... on ActionItem { … } } }", "/node"),
    way("ActionItemConnection", "one's own", "{ viewer { actionItems { … } } }", "/viewer/actionItems"),
    way("ActionItemEdge", "one's own", "{ viewer { actionItems { edges { … } } } }", "/viewer/actionItems/edges/0"),
    way("ConversationTemplate", "built in", "{ conversationTemplates { … } }", "/conversationTemplates/0"),
    way(
        "ConversationSection",
        "of one built in",
        "{ conversationTemplates { sections { … } } }",
        "/conversationTemplates/0/sections/0",
    ),
    way("CalendarFeed", "one's own", "{ viewer { calendarFeeds { … } } }", "/viewer/calendarFeeds/0"),
    way(
        "ConversationGapConnection",
        "below oneself",
        "{ viewer { conversationGaps(depth: ALL) { … } } }",
        "/viewer/conversationGaps",
    ),
    way(
        "ConversationGapEdge",
        "below oneself",
        "{ viewer { conversationGaps(depth: ALL) { edges { … } } } }",
        "/viewer/conversationGaps/edges/0",
    ),
    way(
        "ConversationGap",
        "below oneself",
        "{ viewer { conversationGaps(depth: ALL) { nodes { … } } } }",
        "/viewer/conversationGaps/nodes/0",
    ),
    way(
        "ConversationGap",
        "emil's, directly below",
        "{ viewer { conversationGaps { nodes { … } } } }",
        "/viewer/conversationGaps/nodes/4",
    ),
    way(
        "ConversationCoverageShare",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { conversationCoverage { ... on ConversationCoverageShare { … } } } } }",
        "/node/conversationCoverage",
    ),
    way(
        "ConversationCoverageShare",
        "of South A",
        "{ node(id: <team_far>) { ... on Team { conversationCoverage { ... on ConversationCoverageShare { … } } } } }",
        "/node/conversationCoverage",
    ),
    way(
        "ConversationCoverageHidden",
        "of an empty team in North",
        "{ node(id: <empty>) { ... on Team { conversationCoverage { ... on ConversationCoverageHidden { … } } } } }",
        "/node/conversationCoverage",
    ),
];

pub const BELOW: &[Below] = &[(
    "CalendarFeed",
    "of a mutation",
    "calendarFeedRevoke(input: { calendarFeed: <feed_lead> }) { calendarFeed { … } }",
    "/calendarFeedRevoke/calendarFeed",
)];

const DAY: &str = "startsOn: \"2026-12-01\", localTime: \"09:00\", title: \"Talk\"";

pub const CALLS: &[Call] = &[
    (
        "conversationSeriesCreate",
        "with carl, of South",
        "kind: ONE_ON_ONE, participants: [<carl>], startsOn: \"2026-12-01\", localTime: \"09:00\", title: \"Talk\"",
        Fresh::Nothing,
    ),
    (
        "conversationSeriesCreate",
        "with the lead of North A",
        "kind: TEAM, participants: [<lead>, <partner>], startsOn: \"2026-12-01\", localTime: \"09:00\", title: \"Talk\"",
        Fresh::Nothing,
    ),
    ("conversationSeriesUpdate", "of the lead and emil", "series: <fresh>, title: \"Other\"", Fresh::By(new_series)),
    ("conversationSeriesUpdate", "a meeting of the lead", "series: <fresh>, title: \"Other\"", Fresh::By(new_meeting)),
    ("conversationSeriesEnd", "of the lead and emil", "series: <fresh>", Fresh::By(new_series)),
    (
        "conversationPlan",
        "of the lead and emil",
        "series: <fresh>, scheduledAt: \"2026-12-24T09:00:00Z\"",
        Fresh::By(new_unplanned),
    ),
    (
        "conversationMove",
        "of the lead and emil",
        "conversation: <fresh>, scheduledAt: \"2026-12-24T09:00:00Z\"",
        Fresh::By(new_talk),
    ),
    ("conversationHold", "of the lead and emil", "conversation: <fresh>", Fresh::By(new_talk)),
    ("conversationSkip", "of the lead and emil", "conversation: <fresh>", Fresh::By(new_talk)),
    ("conversationPrepare", "of the lead and emil", "conversation: <fresh>, mood: 3", Fresh::By(new_talk)),
    ("agendaItemAdd", "of the lead and emil", "conversation: <fresh>, text: \"Point\"", Fresh::By(new_talk)),
    (
        "agendaItemUpdate",
        "of the lead and emil",
        "conversation: <talk>, agendaItem: <fresh>, done: true",
        Fresh::By(new_point),
    ),
    ("agendaItemRemove", "of the lead and emil", "conversation: <talk>, agendaItem: <fresh>", Fresh::By(new_point)),
    ("agendaItemReorder", "of the lead and emil", "conversation: <talk>, agendaItems: [<fresh>]", Fresh::By(new_point)),
    (
        "sharedNoteWrite",
        "of the lead and emil",
        "conversation: <fresh>, text: \"Note\", version: 0",
        Fresh::By(new_talk),
    ),
    ("privateNoteWrite", "of the lead and emil", "conversation: <fresh>, text: \"Note\"", Fresh::By(new_talk)),
    ("privateNoteRemove", "of the lead and emil", "conversation: <fresh>", Fresh::By(new_talk)),
    ("actionItemAdd", "of the lead and emil", "conversation: <fresh>, text: \"Task\"", Fresh::By(new_talk)),
    ("actionItemUpdate", "emil's", "actionItem: <fresh>, text: \"Other task\"", Fresh::By(new_task)),
    ("actionItemComplete", "emil's", "actionItem: <fresh>", Fresh::By(new_task)),
    ("conversationTemplateCreate", "one", "name: \"New template\", sections: [{ title: \"Section\" }]", Fresh::Nothing),
    (
        "conversationTemplateUpdate",
        "one",
        "template: <fresh>, name: \"Other template\", sections: [{ title: \"Section\" }]",
        Fresh::By(new_template),
    ),
    ("conversationTemplateArchive", "one", "template: <fresh>", Fresh::By(new_template)),
    ("calendarFeedCreate", "one's own", "name: \"Phone\"", Fresh::Nothing),
    ("calendarFeedRevoke", "emil's", "calendarFeed: <fresh>", Fresh::By(new_feed)),
];

type Made<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

/// Runs a mutation as somebody and returns the text at `at`.
async fn made(app: &TestApp, scene: &Scene, who: &str, document: &str, at: &str) -> String {
    let data = app.client_of(who).await.query(&scene.fill(document), json!({})).await.data();
    data.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at}: {data}")).to_owned()
}

async fn series(app: &TestApp, scene: &Scene, more: &str, at: &str) -> String {
    let create = format!(
        "mutation {{ conversationSeriesCreate(input: {{ participants: [<emil>], {DAY}, {more} }}) {{
            series {{ id next {{ id }} }} errors {{ code message path }} }} }}"
    );
    made(app, scene, scene.lead, &create.replace("Talk", &format!("{} talk", scene.word)), at).await
}

fn new_series<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(series(app, scene, "kind: ONE_ON_ONE", "/conversationSeriesCreate/series/id"))
}

fn new_meeting<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(series(app, scene, "kind: TEAM", "/conversationSeriesCreate/series/id"))
}

fn new_talk<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(series(app, scene, "kind: ONE_ON_ONE", "/conversationSeriesCreate/series/next/id"))
}

fn new_unplanned<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let talk =
            series(app, scene, "kind: ONE_ON_ONE, rhythm: NONE", "/conversationSeriesCreate/series/next/id").await;
        let hold = format!(
            "mutation {{ conversationHold(input: {{ conversation: \"{talk}\" }}) {{
                conversation {{ series {{ id }} }} errors {{ code message path }} }} }}"
        );
        made(app, scene, scene.lead, &hold, "/conversationHold/conversation/series/id").await
    })
}

fn new_point<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    let add = "mutation { agendaItemAdd(input: { conversation: <talk>, text: \"Point\" }) {
        agendaItem errors { code message path } } }";
    Box::pin(made(app, scene, scene.emil, add, "/agendaItemAdd/agendaItem"))
}

fn new_task<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    let add = "mutation { actionItemAdd(input: { conversation: <talk>, text: \"Task\", owner: <emil>,
        dueOn: \"2026-12-31\" }) {
        actionItem { id } errors { code message path } } }";
    Box::pin(made(app, scene, scene.lead, add, "/actionItemAdd/actionItem/id"))
}

fn new_template<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    let create = "mutation { conversationTemplateCreate(input: { name: \"Template\", sections: [{ title: \"A\" }] }) {
        template { id } errors { code message path } } }";
    Box::pin(made(app, scene, scene.admin, create, "/conversationTemplateCreate/template/id"))
}

fn new_feed<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let create = "mutation { calendarFeedCreate(input: { name: \"Feed\" }) {
            calendarFeed { id } errors { code message path } } }";
        let id = made(app, scene, scene.emil, create, "/calendarFeedCreate/calendarFeed/id").await;
        // There may be ten that work: those of other calls are revoked.
        let list = "{ viewer { calendarFeeds { id } } }";
        let feeds = app.client_of(scene.emil).await.data(list).await;
        for feed in feeds["viewer"]["calendarFeeds"].as_array().unwrap().iter().filter(|feed| feed["id"] != id.as_str())
        {
            let revoke = format!(
                "mutation {{ calendarFeedRevoke(input: {{ calendarFeed: {} }}) {{
                    calendarFeed {{ id }} errors {{ code message path }} }} }}",
                feed["id"]
            );
            made(app, scene, scene.emil, &revoke, "/calendarFeedRevoke/calendarFeed/id").await;
        }
        id
    })
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let talks = series(app, scene, "kind: ONE_ON_ONE", "/conversationSeriesCreate/series/id").await;
    scene.put("talks", talks);
    let read = "{ node(id: <talks>) { ... on ConversationSeries { next { id } } } }";
    let talk = made(app, scene, scene.emil, read, "/node/next/id").await;
    scene.put("talk", talk);
    let client = app.client_of(scene.emil).await;
    let point = new_point(app, scene, &client).await;
    scene.put("point", point);
    let task = new_task(app, scene, &client).await;
    scene.put("task", task);
    let word = scene.word;
    for write in [
        format!(
            "conversationPrepare(input: {{ conversation: <talk>, mood: 2, priorities: [\"{word} aim\"],
            blockers: [\"{word} blocker\"] }})"
        ),
        format!("sharedNoteWrite(input: {{ conversation: <talk>, text: \"{word} note\", version: 0 }})"),
        format!("privateNoteWrite(input: {{ conversation: <talk>, text: \"{word} private note\" }})"),
    ] {
        let document = format!("mutation {{ {write} {{ conversation {{ id }} errors {{ code message path }} }} }}");
        client.query(&scene.fill(&document), json!({})).await.data();
    }
    let feed = new_feed(app, scene, &client).await;
    scene.put("feed", feed);
    set_more(scene, app, &client).await;
    fetch(scene, app).await;
    let create = "mutation { teamCreate(input: { name: \"Nobody's\", parent: <north> }) {
        team { id } errors { code message path } } }";
    let empty = made(app, scene, scene.admin, create, "/teamCreate/team/id").await;
    scene.put("empty", empty);
}

/// A meeting that was held, a series that has ended, a task that is done.
async fn set_more(scene: &mut Scene, app: &TestApp, client: &Client) {
    let template = new_template(app, scene, client).await;
    let meeting = format!("kind: TEAM, template: \"{template}\"");
    let held = series(app, scene, &meeting, "/conversationSeriesCreate/series/next/id").await;
    scene.put("meeting_held", held);
    let add = "mutation { agendaItemAdd(input: { conversation: <meeting_held>, text: \"Point\", section: 0 }) {
        agendaItem errors { code message path } } }";
    made(app, scene, scene.lead, add, "/agendaItemAdd/agendaItem").await;
    let hold = "mutation { conversationHold(input: { conversation: <meeting_held> }) {
        conversation { series { id } } errors { code message path } } }";
    let meeting = made(app, scene, scene.lead, hold, "/conversationHold/conversation/series/id").await;
    scene.put("meeting", meeting);
    // Held so long ago that it is missed.
    let talk = new_talk(app, scene, client).await;
    let hold = format!(
        "mutation {{ conversationHold(input: {{ conversation: \"{talk}\", heldAt: \"2026-10-01T09:00:00Z\" }}) {{
            conversation {{ series {{ id }} }} errors {{ code message path }} }} }}"
    );
    let ended = made(app, scene, scene.lead, &hold, "/conversationHold/conversation/series/id").await;
    scene.put("talks_ended", ended);
    let end = "mutation { conversationSeriesEnd(input: { series: <talks_ended> }) {
        series { id } errors { code message path } } }";
    made(app, scene, scene.lead, end, "/conversationSeriesEnd/series/id").await;
    let task = new_task(app, scene, client).await;
    scene.put("task_done", task);
    let complete = "mutation { actionItemComplete(input: { actionItem: <task_done> }) {
        actionItem { id } errors { code message path } } }";
    made(app, scene, scene.emil, complete, "/actionItemComplete/actionItem/id").await;
}

/// A calendar fetches what the lead has.
async fn fetch(scene: &mut Scene, app: &TestApp) {
    let create = "mutation { calendarFeedCreate(input: { name: \"Laptop\" }) {
        path calendarFeed { id } errors { code message path } } }";
    let lead = app.client_of(scene.lead).await;
    let made = lead.data(create).await["calendarFeedCreate"].clone();
    scene.put("feed_lead", made["calendarFeed"]["id"].as_str().unwrap().to_owned());
    let url = format!("http://{}{}", lead.address(), made["path"].as_str().unwrap());
    assert!(reqwest::get(url).await.unwrap().status().is_success());
}
