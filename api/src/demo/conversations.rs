//! The demo's conversations: 1:1s of every persona, some weeks of them held, agendas that were carried over, and what came
//! of it; and people below the manager with whom nobody has talked for a while.

use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use hearten_entity::{InOrganization, conversation};
use hearten_ids::{ConversationId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::{ColumnTrait, QueryFilter};

use super::{as_person, by_email, exception, refusal, set_clock, snapshot};
use crate::{
    app::App,
    areas::conversations::{
        actions::{self, NewActionItem},
        agenda::{self, AgendaChange},
        holding, notes,
        series::{self, NewSeries, Schedule},
        store::{ConversationState, RhythmName, SeriesKind},
        templates,
    },
    platform::{clock::Clock, db::Db},
};

const POINTS: [&str; 12] = [
    "Freigabe der neuen Prüfstände",
    "Who covers the release on Friday?",
    "Weiterbildung im Frühjahr",
    "Handover with Field Service",
    "Rückmeldung vom Kunden in Ulm",
    "Planning of the next quarter",
    "Urlaub im Sommer",
    "The on-call rota",
    "Kalibrierung dauert zu lange",
    "Onboarding of the two new colleagues",
    "Was wir weglassen können",
    "Budget for tools",
];
const TASKS: [&str; 6] = [
    "Ask Purchasing for a date",
    "Termin mit dem Betriebsrat machen",
    "Write down how we decide about releases",
    "Den Prüfplan kürzen",
    "Talk to Field Service about the handover",
    "Book the course",
];
const BLOCKERS: [&str; 4] =
    ["Waiting for the test bench", "Freigaben dauern", "Too many meetings", "Unklare Zuständigkeit"];

/// What is to be seeded of one series.
struct Plan {
    kind: SeriesKind,
    title: &'static str,
    host: PersonId,
    others: Vec<PersonId>,
    rhythm: RhythmName,
    every: i32,
    /// How many days ago it began.
    began: i64,
    /// How many of its conversations were held.
    held: usize,
}

/// Begins series, and lets their conversations take place.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let now = app.clock.now();
    for (at, plan) in plans(app, db, organization).await?.into_iter().enumerate() {
        run(app, db, organization, &plan, at).await?;
    }
    set_clock(app, now);
    Ok(())
}

async fn plans(app: &App, db: &Db, organization: OrganizationId) -> anyhow::Result<Vec<Plan>> {
    let snapshot = snapshot(app, db, organization).await?;
    let chart = &snapshot.chart;
    let person = |name| by_email(&snapshot, name);
    let (manager, employee, partner) = (person("manager")?, person("employee")?, person("partner")?);
    let one = |title, host, other, every, began, held| Plan {
        kind: SeriesKind::OneOnOne,
        title,
        host,
        others: vec![other],
        rhythm: RhythmName::Weekly,
        every,
        began,
        held,
    };
    let monthly = |plan: Plan| Plan { rhythm: RhythmName::Monthly, ..plan };
    let mut plans = vec![
        one("1:1 Admin", partner, person("admin")?, 4, 100, 3),
        one("1:1 Vertrieb", partner, person("partner.sales")?, 2, 60, 3),
        monthly(one("Beirat und Leitung", person("board")?, person("chief")?, 1, 130, 3)),
    ];
    if let Some(lead) = chart.person(employee).and_then(|record| record.manager) {
        plans.push(one("Weekly 1:1", lead, employee, 1, 90, 9));
        let team: Vec<PersonId> = chart.direct_reports(lead).iter().map(|record| record.id).collect();
        plans.push(Plan { kind: SeriesKind::Team, others: team, ..one("Apps Teamrunde", lead, employee, 1, 30, 3) });
    }
    for (at, report) in chart.direct_reports(manager).iter().enumerate() {
        // With every third nobody has talked for two months; with every fifth, never.
        let (began, held) = if at % 3 == 2 { (110, 3) } else { (50, 3) };
        if at % 5 != 4 {
            plans.push(one("1:1 Software", manager, report.id, 2, began, held));
        }
    }
    Ok(plans)
}

async fn run(app: &Arc<App>, db: &Db, organization: OrganizationId, plan: &Plan, nth: usize) -> anyhow::Result<()> {
    let began = Clock::System.now() - TimeDelta::days(plan.began);
    set_clock(app, began);
    let host = as_person(app, db, organization, plan.host).await?;
    // Tuesdays to Thursdays.
    let weekday = i64::from(began.weekday().num_days_from_monday());
    let offset = 7 - weekday + 1 + i64::try_from(nth % 3).unwrap_or(0);
    let new = NewSeries {
        kind: plan.kind,
        title: plan.title.to_owned(),
        participants: plan.others.clone(),
        schedule: Schedule {
            rhythm: Some(plan.rhythm),
            every: Some(plan.every),
            starts_on: Some((began + TimeDelta::days(offset)).date_naive()),
            local_time: Some(format!("{:02}:{:02}", 9 + nth % 7, nth % 2 * 30)),
            time_zone: Some("Europe/Berlin".to_owned()),
            duration_minutes: None,
        },
        template: templates::built_in().get(if plan.kind == SeriesKind::Team { 3 } else { 0 }).map(|one| one.id),
    };
    let id = series::create(&host, new, None).await.map_err(refusal)?;
    for number in 0..=plan.held {
        let Some((conversation, at)) = planned(db, organization, id).await? else { break };
        let now = Clock::System.now();
        if at > now || number == plan.held {
            // What lies ahead has an agenda already. What was put off, was put off until then.
            set_clock(app, now - TimeDelta::days(2));
            if at <= now {
                let weeks = (now - at).num_weeks() + 1;
                holding::shift(&host, conversation, at + TimeDelta::weeks(weeks), None).await.map_err(refusal)?;
            }
            agenda::add(&host, conversation, POINTS[(nth + 5) % POINTS.len()], Some(0), None).await.map_err(refusal)?;
            break;
        }
        set_clock(app, at + TimeDelta::minutes(35));
        talk(app, db, organization, plan, conversation, nth * 3 + number).await?;
        // Every sixth is left out.
        if (nth + number) % 6 == 5 {
            holding::skip(&host, conversation).await.map_err(refusal)?;
        } else {
            holding::hold(&host, conversation, None).await.map_err(refusal)?;
        }
    }
    Ok(())
}

async fn planned(
    db: &Db,
    organization: OrganizationId,
    series: ConversationSeriesId,
) -> anyhow::Result<Option<(ConversationId, DateTime<Utc>)>> {
    let row = conversation::Entity::in_org(organization)
        .filter(conversation::Column::SeriesId.eq(series))
        .filter(conversation::Column::State.eq(ConversationState::Planned.as_str()))
        .one(db.read())
        .await
        .map_err(|error| exception(error.into()))?;
    Ok(row.map(|row| (row.id, row.scheduled_at)))
}

/// What is said in one conversation.
async fn talk(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    plan: &Plan,
    id: ConversationId,
    nth: usize,
) -> anyhow::Result<()> {
    let host = as_person(app, db, organization, plan.host).await?;
    let Some(other) = plan.others.first().copied() else { return Ok(()) };
    let guest = as_person(app, db, organization, other).await?;
    let said = notes::Preparation {
        mood: Some(2 + i32::try_from(nth % 4).unwrap_or(0)),
        priorities: vec![POINTS[(nth + 7) % POINTS.len()].to_owned()],
        blockers: if nth.is_multiple_of(2) { vec![BLOCKERS[nth % BLOCKERS.len()].to_owned()] } else { Vec::new() },
    };
    notes::prepare(&guest, id, said).await.map_err(refusal)?;
    let point = agenda::add(&guest, id, POINTS[nth % POINTS.len()], Some(1), None).await.map_err(refusal)?;
    // Two of three are done; the third is carried over.
    if nth % 3 != 2 {
        let done = AgendaChange { done: Some(true), ..AgendaChange::default() };
        agenda::update(&host, id, point, done).await.map_err(refusal)?;
    }
    if nth.is_multiple_of(3) {
        let owner = if nth.is_multiple_of(2) { plan.host } else { other };
        let due = app.clock.today() + TimeDelta::days(10);
        let new = NewActionItem { text: TASKS[nth % TASKS.len()].to_owned(), owner: Some(owner), due_on: Some(due) };
        let action = actions::add(&host, id, new, None).await.map_err(refusal)?;
        if nth.is_multiple_of(6) {
            let done = actions::ActionItemChange { done: Some(true), ..actions::ActionItemChange::default() };
            actions::update(&host, action, done).await.map_err(refusal)?;
        }
    }
    if nth.is_multiple_of(4) {
        notes::write_shared(&host, id, "We agreed on the order of the next three weeks.", 0).await.map_err(refusal)?;
        notes::write_private(&guest, id, "Nächstes Mal nach der Weiterbildung fragen.").await.map_err(refusal)?;
    }
    Ok(())
}
