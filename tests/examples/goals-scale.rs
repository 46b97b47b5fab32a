//! What a check-in and an alignment cost in a large cycle: 10,000 goals, eight levels deep, with 35,000 alignments,
//! imported, aligned and checked in through the services, on SQLite.
//!
//! ```text
//! cargo run --release -p hearten-tests --example goals-scale
//! ```

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, ensure};
use chrono::TimeDelta;
use hearten_api::{
    app::App,
    areas::{
        directory::{change::Change, founding, import, reserved::Right, roles},
        goals::{self, CheckIn, NewCycle, Target, Value, service::key_results_of},
    },
    auth::Session,
    config::{Config, Secret},
    graphql::context::RequestContext,
    platform::{clock::Clock, random::Random},
};
use hearten_entity::{InOrganization, goal};
use hearten_goals::Confidence;
use hearten_ids::{GoalId, RequestId};
use hearten_policy::{Actor, Principal, Role};
use sea_orm::{ColumnTrait, QueryFilter};

const TEAMS: usize = 100;
const LEVELS: usize = 8;
const A_LEVEL: usize = 1_250;
const CHECK_INS: usize = 50;

fn failed(error: impl std::fmt::Debug) -> anyhow::Error {
    anyhow!("{error:?}")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The files, level by level: each row a goal of a team and one goal it supports.
fn files() -> Vec<String> {
    let header = "external_id,title,level,team,key_result,start,target,weight,supports,support_weight\n";
    let mut files = vec![header.to_owned()];
    let mut rows = 0;
    for n in 0..LEVELS * A_LEVEL {
        let (level, team) = (n / A_LEVEL, n % TEAMS);
        let parents = if level == 0 { 1 } else { 4 };
        for which in 0..parents {
            let parent = level.checked_sub(1).map(|above| above * A_LEVEL + (n * 31 + which * 17) % A_LEVEL);
            let parent = parent.map(|parent| format!("g{parent}")).unwrap_or_default();
            let part = if which == 0 { "Measured,0,100,50" } else { ",,,50" };
            if rows + 4 > 5_000 && which == 0 {
                files.push(header.to_owned());
                rows = 0;
            }
            if let Some(file) = files.last_mut() {
                let _ = writeln!(file, "g{n},Goal {n},TEAM,t{team},{part},{parent},20");
            }
            rows += 1;
        }
    }
    files
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let mut config = Config::load(None)?;
    config.database.url = Secret::new(format!("sqlite://{}", directory.path().join("hearten.db").display()));
    config.cache.redis_url = Secret::default();
    let app = Arc::new(App::new(config, Clock::System, Random::seeded(1)).await?);
    app.migrate().await?;
    let db = app.database.open().await?;
    let organization = founding::create_organization(&app, &db, "scale", "Scale").await.map_err(failed)?;
    let mut teams = "external_id,name,parent\nroot,Root,\n".to_owned();
    for at in 0..TEAMS {
        let _ = writeln!(teams, "t{at},Team {at},root");
    }
    let persons = "external_id,name,team\nadmin,Admin,root\n";
    let right = Right::Operator;
    let done = import::import(&app, &db, organization, Some(teams.as_bytes()), Some(persons.as_bytes()), right, false);
    ensure!(done.await.map_err(failed)?.applied, "the directory was refused");
    let change = Change::begin(&app, &db, organization).await.map_err(failed)?;
    let admin = change.before.chart.person_by_external_id("admin").context("an admin")?.id;
    roles::insert_grant(&app, &change.tx, organization, admin, Role::PeoplePartner, None, None)
        .await
        .map_err(failed)?;
    change.commit(Vec::new(), Vec::new()).await.map_err(failed)?;
    let snapshot = app.charts.current(&db, true, organization).await.map_err(failed)?;
    let actor = Actor { organization, principal: Principal::Person(admin), grants: snapshot.grants_of(admin) };
    let session = Session { actor, expires_at: app.clock.now() + TimeDelta::days(1) };
    let id = RequestId(app.random.id(app.clock.now()));
    let ctx = RequestContext::new(Arc::clone(&app), db.clone(), id, Some((session, snapshot)));
    let today = app.clock.today();
    let new = NewCycle { name: "Now".to_owned(), starts_on: today, ends_on: today + TimeDelta::days(90), open: true };
    let cycle = goals::create_cycle(&ctx, new, None).await.map_err(failed)?;
    let begun = Instant::now();
    let (mut written, mut aligned) = (0, 0);
    for file in files() {
        let outcome = goals::import(&ctx, cycle, file.as_bytes(), false).await.map_err(failed)?;
        ensure!(outcome.problems.count == 0, "{:?}", outcome.problems.listed);
        (written, aligned) = (written + outcome.created, aligned + outcome.alignments);
    }
    println!("import                 {:?}: {written} goals, {aligned} alignments", begun.elapsed());
    // As a node does by itself every ten minutes.
    db.learn().await?;
    measure(&ctx, &db, organization).await
}

async fn measure(
    ctx: &RequestContext,
    db: &hearten_api::platform::db::Db,
    organization: hearten_ids::OrganizationId,
) -> anyhow::Result<()> {
    let named = async |n: usize| {
        let rows = goal::Entity::in_org(organization).filter(goal::Column::ExternalId.eq(format!("g{n}")));
        let row = rows.one(db.read()).await?.context("a goal")?;
        Ok::<GoalId, anyhow::Error>(row.id)
    };
    let (mut checks, mut aligns) = (Vec::new(), Vec::new());
    for at in 0..CHECK_INS {
        let leaf = named(LEVELS * A_LEVEL - 1 - at * 7).await?;
        let part = key_results_of(ctx, leaf).await.map_err(failed)?.first().context("a key result")?.id;
        let said = CheckIn {
            values: vec![(part, Value::Number(1_000 * i64::try_from(at + 10)?))],
            progress: None,
            confidence: Confidence::OnTrack,
            confidence_score: 7,
            note: None,
        };
        let begun = Instant::now();
        goals::check_in(ctx, leaf, said, None).await.map_err(failed)?;
        checks.push(begun.elapsed());
        let top = named(at).await?;
        let begun = Instant::now();
        // Some of them are refused: because they would run in a circle, or are there already. That costs the same look.
        drop(goals::align(ctx, leaf, Target::Goal(top), 10).await);
        aligns.push(begun.elapsed());
    }
    println!("check in and roll up   {:?} (median of {CHECK_INS})", median(checks));
    println!("align                  {:?} (median of {CHECK_INS})", median(aligns));
    Ok(())
}
