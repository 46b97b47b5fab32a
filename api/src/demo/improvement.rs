//! The demo's requests, frictions and priorities: queues that answer, a roadmap with a result, a round that was closed and one
//! that is open; told through the same services that take real ones.

use std::sync::Arc;

use chrono::TimeDelta;
use hearten_ids::{OrganizationId, PersonId, RequestQueueId, ServiceRequestId};
use hearten_orgchart::{PersonRecord, Relationship};

use super::{as_person, by_email, exception, go_to, refusal, snapshot};
use crate::{
    app::App,
    areas::{
        friction::{
            reporting::{self, Report},
            roadmap::{self, Measured, StepDraft},
            store::FrictionFrequency,
        },
        priorities::{
            planning::{self, RoundDraft},
            ranking,
            store::Text,
            upkeep as rounds,
        },
        requests::{
            moves::{self, Wish},
            opening::{self, Addressee, NewRequest},
            queues::{self, QueueDraft},
            responses::{self, NewResponse},
            store::{RequestKind, RequestUrgency, RequestVisibility},
        },
    },
    graphql::context::RequestContext,
    platform::db::Db,
};

const ASKED: [(RequestKind, &str); 8] = [
    (RequestKind::Tool, "A second monitor for the test bench"),
    (RequestKind::Information, "Which supplier delivers the new lenses?"),
    (RequestKind::Decision, "May we ship with the old firmware?"),
    (RequestKind::Resource, "Two people for the stocktaking"),
    (RequestKind::Tool, "Access to the calibration data"),
    (RequestKind::Information, "Wann kommt der neue Schichtplan?"),
    (RequestKind::Decision, "Wer gibt Bestellungen unter 500 Euro frei?"),
    (RequestKind::Resource, "Ein ruhiger Raum für Kundengespräche"),
];

const FRICTIONS: [(&str, &str, i32, i32); 5] = [
    ("Small orders need three approvals", "Purchasing", 45, 60),
    ("The test benches have no calendar", "Testing", 60, 25),
    ("Kundendaten werden zweimal erfasst", "Service", 30, 20),
    ("Travel costs are filed on paper", "Finance", 15, 40),
    ("Nobody knows which drawing is current", "Engineering", 50, 30),
];

/// Everything that is to be improved, from a little more than a month ago until now.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let queues = keep_queues(app, db, organization).await?;
    let people = people(app, db, organization).await?;
    for (at, person) in people.iter().step_by(5).take(24).enumerate() {
        if at.is_multiple_of(6) {
            go_to(app, 38 - i64::try_from(at / 6).unwrap_or(0));
        }
        ask(app, db, organization, *person, queues[at % queues.len()], at).await?;
    }
    let snapshot = snapshot(app, db, organization).await?;
    let employee = by_email(&snapshot, "employee")?;
    ask(app, db, organization, employee, queues[0], 24).await?;
    ask(app, db, organization, employee, queues[1], 27).await?;
    report(app, db, organization, &people).await?;
    prioritize(app, db, organization, &people).await
}

/// Everybody who works there, in the order of names.
async fn people(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<Vec<PersonId>> {
    let snapshot = snapshot(app, db, organization).await?;
    let works_here = |person: &&PersonRecord| {
        matches!(person.relationship, Relationship::Employee | Relationship::Contractor) && person.team.is_some()
    };
    Ok(snapshot.chart.persons().iter().filter(works_here).map(|person| person.id).collect())
}

async fn person(app: &Arc<App>, db: &Db, organization: OrganizationId, name: &str) -> anyhow::Result<RequestContext> {
    let snapshot = snapshot(app, db, organization).await?;
    as_person(app, db, organization, by_email(&snapshot, name)?).await
}

async fn keep_queues(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<Vec<RequestQueueId>> {
    let admin = person(app, db, organization, "admin").await?;
    let chart = &snapshot(app, db, organization).await?;
    let manager = by_email(chart, "manager")?;
    let mut queues = Vec::new();
    for (name, team, owners, integrations) in [
        ("Tools and accounts", "product", vec![], true),
        ("People questions", "people", vec![], false),
        ("Orders and deliveries", "operations", vec![manager], false),
    ] {
        let draft = QueueDraft {
            name: name.to_owned(),
            description: String::new(),
            team: chart.chart.team_by_external_id(team).map(|team| team.id),
            owners,
            hours: [120, 48, 8],
            integrations,
        };
        queues.push(queues::create(&admin, draft, None).await.map_err(refusal)?.id());
    }
    Ok(queues)
}

/// Somebody asks, and most get an answer some hours later.
async fn ask(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    asker: PersonId,
    queue: RequestQueueId,
    at: usize,
) -> anyhow::Result<()> {
    let ctx = as_person(app, db, organization, asker).await?;
    let (kind, title) = ASKED[at % ASKED.len()];
    let new = NewRequest {
        kind,
        title: title.to_owned(),
        details: String::new(),
        urgency: if at.is_multiple_of(5) { RequestUrgency::High } else { RequestUrgency::Normal },
        needed_by: None,
        blocking_goal: None,
        visibility: RequestVisibility::Private,
        to: Addressee::Queue(queue),
    };
    let request = opening::open(&ctx, new, None).await.map_err(refusal)?.id;
    let wish = match at % 6 {
        0 | 1 => Wish::Answer("It is on its way.".to_owned()),
        2 => Wish::Fulfil(Some("Done; tell us if anything is missing.".to_owned())),
        3 => Wish::AskBack("For how long do you need it?".to_owned()),
        4 => Wish::Decline("Not this year: the budget is spent.".to_owned()),
        _ => return Ok(()),
    };
    app.clock.advance(std::time::Duration::from_secs(60 * 60 * (1 + at as u64 % 5)));
    answer(app, db, organization, queue, request, wish).await
}

async fn answer(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    queue: RequestQueueId,
    request: ServiceRequestId,
    wish: Wish,
) -> anyhow::Result<()> {
    let snapshot = snapshot(app, db, organization).await?;
    let queues = queues::by_id(db.read(), organization, &[queue]).await.map_err(exception)?;
    let Some(owner) = queues.first().and_then(|queue| queue.told(&snapshot.chart).first().copied()) else {
        return Ok(());
    };
    let ctx = as_person(app, db, organization, owner).await?;
    moves::make(&ctx, request, wish).await.map_err(refusal)?;
    Ok(())
}

async fn report(app: &Arc<App>, db: &Db, organization: OrganizationId, people: &[PersonId]) -> anyhow::Result<()> {
    let partner = person(app, db, organization, "partner").await?;
    let directory = snapshot(app, db, organization).await?;
    let owner = by_email(&directory, "manager")?;
    for (at, (title, process, minutes, affected)) in FRICTIONS.into_iter().enumerate() {
        let ctx = as_person(app, db, organization, people[at * 7 % people.len()]).await?;
        let new = Report {
            title: title.to_owned(),
            process: process.to_owned(),
            description: String::new(),
            frequency: FrictionFrequency::Weekly,
            minutes,
            people: affected,
            team: None,
        };
        let friction = reporting::report(&ctx, new, at == 3, None).await.map_err(refusal)?.id;
        for voter in people.iter().skip(at).step_by(11).take(9) {
            let ctx = as_person(app, db, organization, *voter).await?;
            let minutes = i32::try_from(10 + app.random.below(50)).unwrap_or(10);
            reporting::vote(&ctx, friction, Some(minutes)).await.map_err(refusal)?;
        }
        if at > 1 {
            continue;
        }
        let due_on = Some(app.clock.today() + TimeDelta::days(60));
        let draft = StepDraft { title: format!("{process}: one rule for small cases"), owner, due_on };
        let step = roadmap::plan(&partner, friction, draft, None).await.map_err(refusal)?.id;
        if at == 0 {
            let note = Some("Asked everybody for two weeks".to_owned());
            roadmap::finish(&partner, step, Measured { minutes: 12, people: 40, note }).await.map_err(refusal)?;
            let team = snapshot(app, db, organization).await?.chart.root_team().map(|team| team.id);
            let Some(team) = team else { continue };
            let new = NewResponse {
                team,
                asked: "What slows you down most?".to_owned(),
                said: "Three approvals for small orders.".to_owned(),
                did: "Orders below 500 euros need one approval.".to_owned(),
            };
            responses::publish(&partner, new, None).await.map_err(refusal)?;
        }
    }
    Ok(())
}

async fn prioritize(app: &Arc<App>, db: &Db, organization: OrganizationId, people: &[PersonId]) -> anyhow::Result<()> {
    let partner = person(app, db, organization, "partner").await?;
    let text = |en: &str, de: &str| Text { en: en.to_owned(), de: de.to_owned() };
    let draft = |closes_at, cadence_weeks| RoundDraft {
        title: text("What matters most to you now?", "Was ist Ihnen gerade am wichtigsten?"),
        options: vec![
            text("Pay", "Bezahlung"),
            text("Time for family", "Zeit für die Familie"),
            text("Better tools", "Bessere Werkzeuge"),
            text("Growth", "Entwicklung"),
            text("Recognition", "Anerkennung"),
        ],
        teams: Vec::new(),
        opens_at: None,
        closes_at,
        cadence_weeks,
        minimum_group: 5,
    };
    let closes_at = app.clock.now() + TimeDelta::hours(6);
    let round = planning::plan(&partner, draft(closes_at, None), None).await.map_err(refusal)?;
    for person in people.iter().step_by(2) {
        let mut keys: Vec<String> = (1..=5).map(|option| format!("o{option}")).collect();
        app.random.shuffle(&mut keys);
        keys.truncate(1 + app.random.below(5));
        let ctx = as_person(app, db, organization, *person).await?;
        ranking::rank(&ctx, round, &keys).await.map_err(refusal)?;
    }
    app.clock.advance(std::time::Duration::from_secs(6 * 60 * 60));
    rounds::look(app, db).await.map_err(exception)?;
    // Still open when somebody tries the demo.
    let closes_at = app.clock.now() + TimeDelta::days(60);
    planning::plan(&partner, draft(closes_at, Some(13)), None).await.map_err(refusal)?;
    Ok(())
}
