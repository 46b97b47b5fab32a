//! What there is to ask about: persons, teams, surveys in every state, publications, tokens. The same for either tenant,
//! so that each can be asked for by the other.

use std::collections::BTreeMap;

use hearten_entity::{
    InOrganization, action_item, agenda_item, api_token, calendar_feed, company_value, conversation,
    conversation_series, conversation_template, directory_change, expectation, friction, goal, goal_alignment,
    goal_change, goal_check_in, goal_cycle, invitation, key_result, notification, person, point_posting,
    priority_round, private_note, publication, recognition, redemption, request_message, request_queue, responsibility,
    responsibility_assignment, reward, roadmap_step, role_grant, service_request, survey, team, team_response, wave,
};
use sea_orm::{EntityTrait, FromQueryResult};
use serde_json::{Value, json};

use crate::harness::{self, Survey, Tenant, TestApp, answers};

/// Ids by name, as `<name>` stands for them in documents.
pub struct Scene {
    names: BTreeMap<&'static str, String>,
    /// Who runs the surveys of this tenant, by external id.
    pub partner: &'static str,
    /// Who keeps its directory.
    pub admin: &'static str,
    /// A member of `team_a`, by external id.
    pub emil: &'static str,
    /// Who leads `team_a`, by external id.
    pub lead: &'static str,
    /// A member of `team_far`, by external id.
    pub carl: &'static str,
    /// Who sits on the board, by external id.
    pub bert: &'static str,
    /// Replaces "Acme" in texts.
    pub word: &'static str,
}

/// Who plays what. The foreign tenant is smaller: some play several parts.
struct Cast {
    emil: &'static str,
    lead: &'static str,
    carl: &'static str,
    bert: &'static str,
    /// Who is granted EXECUTIVE.
    granted: &'static str,
    gone: &'static str,
    all: &'static str,
    north: &'static str,
    south: &'static str,
    team_a: &'static str,
    team_far: &'static str,
    site: &'static str,
}

impl Scene {
    /// The scene at acme.
    pub async fn acme(app: &TestApp) -> Self {
        let cast = Cast {
            emil: "emil",
            lead: "nora",
            carl: "carl",
            bert: "bert",
            granted: "dora",
            gone: "gone",
            all: "all",
            north: "north",
            south: "south",
            team_a: "north-a",
            team_far: "south-a",
            site: "Berlin",
        };
        Self::build(app, &app.acme, &cast, "petra", "adam", "Acme").await
    }

    /// The same at the other tenant.
    pub async fn umbra(app: &TestApp) -> Self {
        let cast = Cast {
            emil: "una",
            lead: "uwe",
            carl: "udo",
            bert: "ute",
            granted: "ute",
            gone: "ugo",
            all: "u-all",
            north: "u-team",
            south: "u-all",
            team_a: "u-team",
            team_far: "u-all",
            site: "Nantes",
        };
        Self::build(app, &app.umbra, &cast, "uwe", "ulla", "Umbra").await
    }

    async fn build(
        app: &TestApp,
        tenant: &Tenant,
        cast: &Cast,
        partner: &'static str,
        admin: &'static str,
        word: &'static str,
    ) -> Self {
        let Cast { emil, lead, carl, bert, .. } = *cast;
        let mut scene = Self { names: BTreeMap::new(), partner, admin, emil, lead, carl, bert, word };
        scene.put("org", tenant.id.to_string());
        let persons = [
            ("emil", cast.emil),
            ("lead", cast.lead),
            ("carl", cast.carl),
            ("bert", cast.bert),
            ("gone", cast.gone),
            ("partner", partner),
        ];
        for (name, id) in persons {
            scene.put(name, app.person(id).await);
        }
        let teams = [
            ("all", cast.all),
            ("north", cast.north),
            ("south", cast.south),
            ("team_a", cast.team_a),
            ("team_far", cast.team_far),
        ];
        for (name, id) in teams {
            scene.put(name, app.team(id).await);
        }
        scene.put("site", cast.site.to_owned());
        scene.put("word", word.to_owned());
        scene.put("token", scene.token(app).await);
        scene.keep(app, cast).await;
        let everybody = scene.draft(&["ADMIN", "PEOPLE_PARTNER", "EXECUTIVE", "MANAGER", "EMPLOYEE"], None);
        let few = scene.draft(&["EXECUTIVE", "MANAGER"], None);
        for (name, publication, wave, draft) in
            [("narrow", "narrow_pub", "narrow_wave", few), ("wide", "wide_pub", "wide_wave", everybody.clone())]
        {
            let (survey, published) = scene.publish(app, tenant, draft).await;
            scene.put(name, survey.id.clone());
            scene.put(wave, survey.wave.clone().unwrap());
            scene.put(publication, published);
        }
        let mut open = scene.drafted(app, everybody.clone()).await;
        open.launch().await;
        let mine = open.invitation_of(cast.emil).await;
        let (id, wave) = (open.id.clone(), open.wave.clone().unwrap());
        scene.put("invitation", mine);
        scene.put("open", id);
        scene.put("open_wave", wave);
        let south = scene.draft(&["MANAGER"], Some("south"));
        let id = scene.drafted(app, south).await.id;
        scene.put("open_south", id);
        let launch = "mutation { surveyLaunch(input: { survey: <open_south>, closesAt: \"2026-12-18T12:00:00Z\" }) {
            survey { waves { nodes { id } } } errors { message } } }";
        let launched = app.client_of(partner).await.data(&scene.fill(launch)).await;
        let wave = launched.pointer("/surveyLaunch/survey/waves/nodes/0/id").and_then(Value::as_str).unwrap();
        scene.put("open_south_wave", wave.to_owned());
        let id = scene.drafted(app, everybody).await.id;
        scene.put("draft", id);
        let id = scene.drafted(app, scene.draft(&["MANAGER"], Some("north"))).await.id;
        scene.put("draft_north", id);
        super::areas::set(&mut scene, app).await;
        scene
    }

    /// Puts an id under a name.
    pub fn put(&mut self, name: &'static str, id: String) {
        self.names.insert(name, id);
    }

    /// The id of that name.
    pub fn get(&self, name: &str) -> &str {
        &self.names[name]
    }

    /// The document with ids in the places of names.
    pub fn fill(&self, document: &str) -> String {
        self.names
            .iter()
            .fold(document.to_owned(), |text, (name, id)| text.replace(&format!("<{name}>"), &format!("\"{id}\"")))
    }

    /// A draft for a team or for everybody, whose notice names these roles.
    pub fn draft(&self, readers: &[&str], team: Option<&str>) -> Value {
        let mut draft = harness::draft();
        draft["notice"] = json!({
            "minimumGroup": 3, "commentMinimum": 5, "resultsVisibleTo": readers, "commentsVisibleTo": readers,
        });
        let label = |point: i32| {
            let text = |locale: &str, word: &str| json!({ "locale": locale, "text": format!("{word} {point}") });
            json!({ "text": [text("en", "Point"), text("de", "Punkt")] })
        };
        let questions = &mut draft["sections"][0]["questions"];
        questions[0]["kind"]["rating"]["labels"] = (1..=5).map(label).collect();
        for (at, driver) in [(2, "loyalty"), (3, "reasons")] {
            questions[at]["driver"] = json!(driver);
        }
        if let Some(team) = team {
            draft["audience"] = json!({ "teams": [{ "team": self.get(team) }] });
        }
        serde_json::from_str(&draft.to_string().replace("Acme", self.word)).unwrap()
    }

    /// Drafts a survey as the tenant's people partner.
    pub async fn drafted<'a>(&self, app: &'a TestApp, draft: Value) -> Survey<'a> {
        app.draft_as(self.partner, draft).await
    }

    async fn publish<'a>(&self, app: &'a TestApp, tenant: &Tenant, draft: Value) -> (Survey<'a>, String) {
        let mut survey = self.drafted(app, draft).await;
        survey.launch().await;
        let directory = app.directory_of(tenant).await;
        for (at, person) in (0..).zip(directory.chart.persons().iter()) {
            let text = format!("{} comment {at}", self.word);
            // Everybody finds the load the same.
            let sheet = answers(1 + at % 5, 3, at % 11, Some(&text));
            survey.answer(person.external_id.as_ref().unwrap(), sheet).await;
        }
        survey.close().await;
        let publication = survey.publish().await.expect("enough answered");
        (survey, publication)
    }

    /// What an admin does in the directory and with tokens.
    async fn keep(&mut self, app: &TestApp, cast: &Cast) {
        // Ids of one moment stand in no order; what is done here comes after what was imported.
        app.advance(chrono::TimeDelta::seconds(1));
        let admin = app.client_of(self.admin).await;
        let (granted, word) = (app.person(cast.granted).await, self.word);
        for write in [
            format!("personUpdate(input: {{ person: <emil>, title: \"{word} seller\" }})"),
            format!("roleGrant(input: {{ person: \"{granted}\", role: EXECUTIVE }})"),
        ] {
            admin.data(&self.fill(&format!("mutation {{ {write} {{ errors {{ message }} }} }}"))).await;
        }
        let create = format!(
            "mutation {{ apiTokenCreate(input: {{ name: \"{word} old\", scopes: [AUDIT_READ],
                networks: [\"192.0.2.0/24\"] }}) {{ apiToken {{ id }} errors {{ message }} }} }}"
        );
        let old = admin.data(&create).await["apiTokenCreate"]["apiToken"]["id"].as_str().unwrap().to_owned();
        for write in ["apiTokenRotate", "apiTokenRevoke"] {
            let document =
                format!("mutation {{ {write}(input: {{ apiToken: \"{old}\" }}) {{ errors {{ message }} }} }}");
            admin.data(&document).await;
        }
        self.put("old_token", old);
    }

    /// The external ids of a team's members who were imported.
    pub async fn members(&self, app: &TestApp, team: &str) -> Vec<String> {
        let tenant = if self.get("org") == app.acme.id.to_string() { &app.acme } else { &app.umbra };
        let (directory, team) = (app.directory_of(tenant).await, self.get(team).parse().ok());
        let members = directory.chart.persons().iter().filter(|person| person.team == team);
        members.filter_map(|person| person.external_id.as_ref().map(ToString::to_string)).collect()
    }

    async fn token(&self, app: &TestApp) -> String {
        if self.word == "Acme" {
            // Signing in as a token creates those of the harness.
            let full = app.client(harness::Role::FullToken).await;
            let id = full.data("{ viewer { actor { ... on ApiToken { id } } } }").await;
            return id["viewer"]["actor"]["id"].as_str().unwrap().to_owned();
        }
        let create = "mutation { apiTokenCreate(input: { name: \"Umbra token\", scopes: [DOCUMENTS_FREE] }) {
            apiToken { id } errors { message } } }";
        let created = app.client_of(self.admin).await.data(create).await;
        created["apiTokenCreate"]["apiToken"]["id"].as_str().unwrap().to_owned()
    }
}

/// Every id of a tenant's objects, as clients could see it.
pub async fn ids_of(app: &TestApp, tenant: &Tenant) -> Vec<String> {
    async fn ids<E, I>(app: &TestApp, tenant: &Tenant, id: impl Fn(&E::Model) -> I) -> Vec<String>
    where
        E: InOrganization + EntityTrait,
        E::Model: FromQueryResult + Sized + Send + Sync,
        I: ToString,
    {
        let rows = E::in_org(tenant.id).all(app.db().await.read()).await.unwrap();
        rows.iter().map(|row| id(row).to_string()).collect()
    }
    let mut all = vec![tenant.id.to_string()];
    all.extend(ids::<person::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<team::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<survey::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<wave::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<invitation::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<publication::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<api_token::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<role_grant::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<expectation::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<responsibility::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<responsibility_assignment::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<directory_change::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<conversation_series::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<conversation::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<agenda_item::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<action_item::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<private_note::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<calendar_feed::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<goal_cycle::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<goal::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<key_result::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<goal_alignment::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<goal_check_in::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<goal_change::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<notification::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<company_value::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<recognition::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<point_posting::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<reward::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<redemption::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<request_queue::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<service_request::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<friction::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<priority_round::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<roadmap_step::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<request_message::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<team_response::Entity, _>(app, tenant, |row| row.id).await);
    all.extend(ids::<conversation_template::Entity, _>(app, tenant, |row| row.id).await);
    all
}
