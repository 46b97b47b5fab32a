//! A few hundred people answer over HTTP, and everything that is shown equals what they said.

use hearten_tests::{
    binary,
    issuer::Issuer,
    redis_server::RedisServer,
    skipped::tell,
    store::Store,
    survey_loop::{self, Organization, Parties},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_survey_shows_what_people_said() -> anyhow::Result<()> {
    let store = Store::current(&binary::hearten()?).await?;
    let issuer = Issuer::start()?;
    // As in production: Redis beside Postgres, memory beside SQLite.
    let redis = (store.is_postgres() && RedisServer::is_installed()).then(RedisServer::start).transpose()?;
    let mut launch = store.launch();
    launch.trust_issuer = Some(issuer.url());
    launch.redis_url = redis.as_ref().map(RedisServer::url);
    let demo = launch.start()?;
    let parties = Parties {
        client: demo.client()?,
        issuer: &issuer,
        admin: demo.token("admin")?,
        partner: demo.token("people partner")?,
        minimum_group: 5,
    };
    let organization = Organization::generated(7, 300);
    let report = survey_loop::run(&parties, &organization).await?;
    tell("a_whole_survey_shows_what_people_said", &report.to_string());
    assert!(report.differences.is_empty(), "{report}");
    assert!(report.answered < report.invited && report.answered > 200, "{report}");
    assert!(report.shown > 10 && report.cells_shown > 60, "too little is shown to say anything: {report}");
    assert!(report.plan.0 <= report.plan.1, "more is shown than the budget law allows: {report}");
    for reason in ["BELOW_MINIMUM", "COMPLEMENTARY"] {
        assert!(report.hidden.contains_key(reason), "{reason} was not tried: {report}");
    }
    Ok(())
}
