//! Two small organizations. Everything in them has a name of its own, so that a word of one in an answer to the other
//! is noticed.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::TimeDelta;
use hearten_api::{
    app::App,
    areas::directory::{change::Change, founding, import, reserved::Right, roles},
    config::Config,
    platform::{clock::Clock, db::DbSource, random::Random},
};
use hearten_entity::{InOrganization, api_token};
use hearten_ids::{ApiTokenId, OrganizationId};
use hearten_policy::{Role as Granted, Scope};
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::TestApp;

/// A made-up organization.
pub struct Blueprint {
    /// The short name.
    pub slug: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// `external_id,name,parent,lead` a line.
    pub teams: &'static str,
    /// `external_id,name,email,title,relationship,team,manager,hired_on,locale,attribute:site` a line.
    pub persons: &'static str,
    /// Who is granted what, and where.
    grants: &'static [(&'static str, Granted, Option<&'static str>)],
}

/// Four levels, two divisions, four teams of six, and eight people at the top.
pub const ACME: Blueprint = Blueprint {
    slug: "acme",
    name: "Acme Optics",
    teams: "\
external_id,name,parent,lead
all,Acme Everyone,,chris
north,Acme North,all,nadia
south,Acme South,all,simon
north-sales,Acme North Sales,north,
south-care,Acme South Care,south,
north-a,Acme North Sales A,north-sales,nora
north-b,Acme North Sales B,north-sales,nils
south-a,Acme South Care A,south-care,sara
south-b,Acme South Care B,south-care,sven
",
    persons: "\
external_id,name,email,title,relationship,team,manager,hired_on,locale,attribute:site
chris,Chris Acmeson,chris@acme.example,Managing Director,EMPLOYEE,all,,2015-01-01,en,Berlin
petra,Petra Acmeson,petra@acme.example,People Partner,EMPLOYEE,all,chris,2016-02-01,de,Berlin
paula,Paula Acmeson,paula@acme.example,People Partner North,EMPLOYEE,all,petra,2017-03-01,de,Ulm
adam,Adam Acmeson,adam@acme.example,Administrator,EMPLOYEE,all,chris,2018-04-01,en,Ulm
alice,Alice Acmeson,alice@acme.example,Administrator,EMPLOYEE,all,chris,2018-05-01,en,Ulm
nadia,Nadia Acmeson,nadia@acme.example,Head of North,EMPLOYEE,all,chris,2019-01-01,en,Berlin
simon,Simon Acmeson,simon@acme.example,Head of South,EMPLOYEE,all,chris,2019-01-01,en,Ulm
olga,Olga Acmeson,olga@acme.example,Founder,OWNER,,,2010-01-01,de,Berlin
bert,Bert Acmeson,bert@acme.example,Chair of the Board,BOARD_MEMBER,,,2012-01-01,en,Ulm
gone,Gerd Acmeson,gerd@acme.example,Seller,EMPLOYEE,north-a,nora,2020-01-01,en,Berlin
nora,Nora Acmeson,nora@acme.example,Team Lead,EMPLOYEE,north-a,nadia,2020-01-01,en,Berlin
emil,Emil Acmeson,emil@acme.example,Seller,EMPLOYEE,north-a,nora,2020-02-01,en,Berlin
anna,Anna Acmeson,anna@acme.example,Seller,EMPLOYEE,north-a,nora,2021-02-01,de,Ulm
anton,Anton Acmeson,anton@acme.example,Seller,EMPLOYEE,north-a,nora,2021-03-01,de,Berlin
aylin,Aylin Acmeson,aylin@acme.example,Seller,CONTRACTOR,north-a,nora,2022-01-01,en,Berlin
arne,Arne Acmeson,arne@acme.example,Seller,EMPLOYEE,north-a,nora,2022-02-01,en,Ulm
nils,Nils Acmeson,nils@acme.example,Team Lead,EMPLOYEE,north-b,nadia,2020-01-01,en,Ulm
bela,Bela Acmeson,bela@acme.example,Seller,EMPLOYEE,north-b,nils,2020-02-01,en,Berlin
bodo,Bodo Acmeson,bodo@acme.example,Seller,EMPLOYEE,north-b,nils,2021-02-01,de,Ulm
bina,Bina Acmeson,bina@acme.example,Seller,EMPLOYEE,north-b,nils,2021-03-01,de,Berlin
berk,Berk Acmeson,berk@acme.example,Seller,EMPLOYEE,north-b,nils,2022-01-01,en,Berlin
brit,Brit Acmeson,brit@acme.example,Seller,EMPLOYEE,north-b,nils,2022-02-01,en,Ulm
sara,Sara Acmeson,sara@acme.example,Team Lead,EMPLOYEE,south-a,simon,2020-01-01,en,Ulm
cara,Cara Acmeson,cara@acme.example,Nurse,EMPLOYEE,south-a,sara,2020-02-01,en,Berlin
carl,Carl Acmeson,carl@acme.example,Nurse,EMPLOYEE,south-a,sara,2021-02-01,de,Ulm
cleo,Cleo Acmeson,cleo@acme.example,Nurse,EMPLOYEE,south-a,sara,2021-03-01,de,Berlin
cora,Cora Acmeson,cora@acme.example,Nurse,EMPLOYEE,south-a,sara,2022-01-01,en,Berlin
curt,Curt Acmeson,curt@acme.example,Nurse,EMPLOYEE,south-a,sara,2022-02-01,en,Ulm
sven,Sven Acmeson,sven@acme.example,Team Lead,EMPLOYEE,south-b,simon,2020-01-01,en,Ulm
dana,Dana Acmeson,dana@acme.example,Nurse,EMPLOYEE,south-b,sven,2020-02-01,en,Berlin
dirk,Dirk Acmeson,dirk@acme.example,Nurse,EMPLOYEE,south-b,sven,2021-02-01,de,Ulm
dora,Dora Acmeson,dora@acme.example,Nurse,EMPLOYEE,south-b,sven,2021-03-01,de,Berlin
duri,Duri Acmeson,duri@acme.example,Nurse,EMPLOYEE,south-b,sven,2022-01-01,en,Berlin
dido,Dido Acmeson,dido@acme.example,Nurse,EMPLOYEE,south-b,sven,2022-02-01,en,Ulm
",
    grants: &[
        ("adam", Granted::Admin, None),
        ("alice", Granted::Admin, None),
        ("petra", Granted::PeoplePartner, None),
        ("paula", Granted::PeoplePartner, Some("north")),
    ],
};

/// The foreign tenant.
pub const UMBRA: Blueprint = Blueprint {
    slug: "umbra",
    name: "Umbra Works",
    teams: "\
external_id,name,parent,lead
u-all,Umbra Everyone,,ulla
u-team,Umbra Team,u-all,uwe
",
    persons: "\
external_id,name,email,title,relationship,team,manager,hired_on,locale,attribute:site
ulla,Ulla Umbrason,ulla@umbra.example,Umbra Admin,EMPLOYEE,u-all,,2015-01-01,en,Nantes
uwe,Uwe Umbrason,uwe@umbra.example,Umbra Partner,EMPLOYEE,u-team,ulla,2015-02-01,en,Nantes
una,Una Umbrason,una@umbra.example,Umbra Worker,EMPLOYEE,u-team,uwe,2015-03-01,en,Nantes
udo,Udo Umbrason,udo@umbra.example,Umbra Worker,EMPLOYEE,u-team,uwe,2015-04-01,en,Nantes
ute,Ute Umbrason,ute@umbra.example,Umbra Worker,EMPLOYEE,u-team,uwe,2015-05-01,en,Nantes
ugo,Ugo Umbrason,ugo@umbra.example,Umbra Worker,EMPLOYEE,u-team,uwe,2015-06-01,en,Nantes
",
    grants: &[("ulla", Granted::Admin, None), ("uwe", Granted::PeoplePartner, None)],
};

/// Writes both organizations through the services that the command line uses, a while before the test begins.
pub async fn seed(config: &Config, clock: &Clock, random: &Random) -> (OrganizationId, OrganizationId) {
    let mut config = config.clone();
    config.cache.redis_url = hearten_api::config::Secret::default();
    let mut app = App::new(config, clock.clone(), random.clone()).await.unwrap();
    app.database = DbSource::hasty(app.config.database.url.expose(), 2).await.unwrap();
    let app = Arc::new(app);
    (write(&app, &ACME).await, write(&app, &UMBRA).await)
}

async fn write(app: &App, blueprint: &Blueprint) -> OrganizationId {
    let db = app.database.open().await.unwrap();
    let id = founding::create_organization(app, &db, blueprint.slug, blueprint.name).await.unwrap();
    let (teams, persons) = (blueprint.teams.as_bytes(), blueprint.persons.as_bytes());
    let outcome = import::import(app, &db, id, Some(teams), Some(persons), Right::Operator, false).await.unwrap();
    assert!(outcome.applied, "{:?}", outcome.problems.listed);
    if blueprint.slug == ACME.slug {
        let left = app.clock.today() - TimeDelta::days(30);
        let file = format!("external_id,name,left_on,leave_reason\ngone,Gerd Acmeson,{left},VOLUNTARY\n");
        let outcome =
            import::import(app, &db, id, None::<&[u8]>, Some(file.as_bytes()), Right::Operator, false).await.unwrap();
        assert!(outcome.applied, "{:?}", outcome.problems.listed);
    }
    let change = Change::begin(app, &db, id).await.unwrap();
    let chart = &change.before.chart;
    let began = app.clock.now();
    for (person, role, team) in blueprint.grants {
        // Ids of one moment stand in no order; whoever looks at the first grant is to meet the same each time.
        app.clock.advance(Duration::from_millis(1));
        let person = chart.person_by_external_id(person).unwrap().id;
        let team = team.map(|team| chart.team_by_external_id(team).unwrap().id);
        roles::insert_grant(app, &change.tx, id, person, *role, team, None).await.unwrap();
    }
    change.commit(Vec::new(), Vec::new()).await.unwrap();
    if let Clock::Manual(millis) = &app.clock {
        millis.store(began.timestamp_millis(), Ordering::Relaxed);
    }
    id
}

/// Creates an API token of acme without scopes and one with all. Such as the first cannot be created: it must name one,
/// which is then taken away behind the service's back.
pub async fn create_tokens(app: &TestApp) -> [String; 2] {
    let admin = app.client_of("adam").await;
    let create = "mutation($input: ApiTokenCreateInput!) {
        apiTokenCreate(input: $input) { secret apiToken { id } errors { message } } }";
    let mut texts = Vec::new();
    let all: Vec<String> = Scope::ALL.iter().map(|scope| scope.as_str().replace(':', "_").to_uppercase()).collect();
    let bare = ["DOCUMENTS_FREE".to_owned()];
    for (name, scopes) in [("Acme bare", &bare[..]), ("Acme full", &all[..])] {
        let input = json!({ "name": name, "scopes": scopes });
        let created = admin.query(create, json!({ "input": input })).await.data();
        texts.push(created["apiTokenCreate"]["secret"].as_str().expect("a secret").to_owned());
        if name == "Acme bare" {
            let id = created["apiTokenCreate"]["apiToken"]["id"].as_str().unwrap();
            let id: ApiTokenId = id.parse().unwrap();
            api_token::Entity::update_in_org(app.acme.id)
                .filter(api_token::Column::Id.eq(id))
                .col_expr(api_token::Column::Scopes, Expr::value(json!([])))
                .exec(app.db().await.write())
                .await
                .unwrap();
        }
    }
    texts.try_into().unwrap()
}
