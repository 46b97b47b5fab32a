//! The demo's recognition: values, a year of thanks with points and reactions, rewards in every state, birthdays near
//! today.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{Datelike, TimeDelta};
use hearten_ids::{CompanyValueId, OrganizationId, PersonId, RedemptionId, RewardId, TeamId};
use hearten_orgchart::{PersonRecord, Relationship};

use super::{as_person, by_email, refusal, set_clock, snapshot};
use crate::{
    app::App,
    areas::{
        points::service as points,
        recognition::{
            celebrations::{self, Choice},
            giving::{self, NewRecognition},
            reactions,
            store::{ReactionEmoji, RecognitionVisibility},
            values::{self, ValueChange},
        },
        rewards::{
            catalogue::{self, RewardChange},
            redeeming::{self, Step},
        },
    },
    graphql::error::Refusal,
    platform::{clock::Clock, db::Db},
};

const VALUES: [(&str, &str, &str); 5] = [
    ("Precision", "We measure twice, and say how sure we are.", "🎯"),
    ("Courage", "We say what is wrong while it can still be mended.", "🦁"),
    ("Care", "We look after each other and after those who use what we build.", "🤝"),
    ("Curiosity", "We ask why, and try it out.", "🔭"),
    ("Handing over well", "Nobody starts from nothing after us.", "📦"),
];

const MESSAGES: [&str; 18] = [
    "You found the drift in the sensor line that all of us had looked past. That saved the delivery.",
    "Danke, dass du am Freitag noch die Übergabe aufgeschrieben hast. Am Montag lief alles.",
    "The way you explained the delay to the customer was honest and kind.",
    "Du hast die Neue eine ganze Woche begleitet, ohne dass jemand darum bitten musste.",
    "Three releases without a rollback: your test bench did that.",
    "Danke für den ruhigen Kopf bei der Störung in der Nacht.",
    "You said in the meeting what we all thought. It changed the plan for the better.",
    "Deine Vorlage für die Prüfprotokolle spart uns jede Woche Stunden.",
    "Thank you for staying on the line until it worked again.",
    "Die Zahlen waren am ersten Tag des Monats da. Das gab es noch nie.",
    "Your question about the tolerance was the right one.",
    "Danke, dass du den Fehler sofort gemeldet hast statt ihn zu verstecken.",
    "You made room for my idea when I was too quiet.",
    "Die Schulung für die Kolleginnen im Lager war großartig.",
    "You answered the tender in two days, and we won it.",
    "Danke fürs Einspringen über die Feiertage.",
    "The new label on the crates: such a small thing, so much less searching.",
    "Ohne deine Geduld mit dem Zulieferer hätten wir keine Linsen.",
];

/// (title, description, price, stock, needs approval)
const REWARDS: [(&str, &str, i64, Option<i64>, bool); 7] = [
    ("Coffee for two", "At the roastery across the street.", 40, None, false),
    ("Book of your choice", "From the shop around the corner.", 150, None, false),
    ("Ticket to the planetarium", "For you and somebody you like.", 200, Some(12), false),
    ("A tree planted", "In the forest behind the plant in Ulm.", 80, None, false),
    ("Half a day off", "Agree on the day with your lead.", 400, None, true),
    ("Refurbished binoculars", "From our own workshop, with a year of warranty.", 600, Some(3), true),
    ("Gift card, 20 EUR", "Sent by our vendor to your work address.", 200, None, true),
];

const THANKS: usize = 140;
const YEAR: usize = 360;
const PERSONAS: [&str; 5] = ["employee", "manager", "partner", "admin", "partner.sales"];

/// Gives, reacts, redeems. The clock is set back for it, and stands where it was when this is done.
///
/// # Errors
/// When a service refuses something.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let until = app.clock.now();
    let outcome = seed_year(app, db, organization).await;
    set_clock(app, until);
    outcome
}

async fn seed_year(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let today = Clock::System.now();
    set_clock(app, today - TimeDelta::days(YEAR as i64 + 5));
    let snapshot = snapshot(app, db, organization).await?;
    let partner = as_person(app, db, organization, by_email(&snapshot, "partner")?).await?;
    let mut company_values: Vec<CompanyValueId> = Vec::new();
    for (name, description, emoji) in VALUES {
        let change = ValueChange {
            name: Some(name.to_owned()),
            description: Some(description.to_owned()),
            emoji: Some(emoji.to_owned()),
            active: None,
        };
        company_values.push(values::create(&partner, change, None).await.map_err(refusal)?.id);
    }
    let mut rewards = Vec::new();
    for (title, description, price, stock, needs_approval) in REWARDS {
        let change = RewardChange {
            title: Some(title.to_owned()),
            description: Some(description.to_owned()),
            price: Some(price),
            stock: Some(stock),
            active: None,
            needs_approval: Some(needs_approval),
        };
        rewards.push(catalogue::create(&partner, change, None).await.map_err(refusal)?.id);
    }
    // Owners and the board see aggregates, not persons: they thank nobody here.
    let works_here = |one: &&PersonRecord| {
        one.team.is_some() && matches!(one.relationship, Relationship::Employee | Relationship::Contractor)
    };
    let people: Vec<PersonId> = snapshot.chart.persons().iter().filter(works_here).map(|one| one.id).collect();
    let personas: Vec<PersonId> =
        PERSONAS.iter().map(|name| by_email(&snapshot, name)).collect::<anyhow::Result<_>>()?;
    for at in 0..THANKS {
        set_clock(app, today - TimeDelta::minutes((YEAR - at * YEAR / THANKS) as i64 * 24 * 60 - 95));
        thank(app, db, organization, &people, &personas, &company_values, at).await?;
    }
    give_from_budget(app, db, organization).await?;
    redeem(app, db, organization, &rewards).await?;
    celebrate(app, db, organization, &people, &personas).await
}

/// One recognition. Every few involve a persona, so that each of them has something of their own.
async fn thank(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    people: &[PersonId],
    personas: &[PersonId],
    company_values: &[CompanyValueId],
    at: usize,
) -> anyhow::Result<()> {
    let random = &app.random;
    let anybody = || people[random.below(people.len())];
    let persona = personas[at / 3 % personas.len()];
    let (giver, first) = match at % 3 {
        0 => (persona, anybody()),
        1 => (anybody(), persona),
        _ => (anybody(), anybody()),
    };
    let mut receivers = vec![first];
    if random.below(5) == 0 {
        receivers.push(anybody());
    }
    receivers.retain(|person| *person != giver);
    receivers.dedup();
    if receivers.is_empty() {
        return Ok(());
    }
    let visibility = match random.below(12) {
        0 => RecognitionVisibility::Private,
        1 | 2 => RecognitionVisibility::Team,
        _ => RecognitionVisibility::Public,
    };
    let mut new = NewRecognition {
        receivers,
        company_value: Some(company_values[random.below(company_values.len())]),
        message: MESSAGES[at % MESSAGES.len()].to_owned(),
        points: [0, 10, 20, 25, 40][random.below(5)],
        visibility,
        budget_team: None,
    };
    let ctx = as_person(app, db, organization, giver).await?;
    let given = match giving::give(&ctx, new.clone(), None).await {
        // Somebody has given everything this month already: words are free.
        Err(Refusal::User(_)) => {
            new.points = 0;
            giving::give(&ctx, new, None).await
        }
        given => given,
    };
    let given = given.map_err(refusal)?;
    if visibility == RecognitionVisibility::Public {
        let emoji = [ReactionEmoji::Clap, ReactionEmoji::Heart, ReactionEmoji::Party, ReactionEmoji::Rocket];
        for _ in 0..random.below(3) {
            let ctx = as_person(app, db, organization, anybody()).await?;
            reactions::react(&ctx, given.id, Some(emoji[random.below(emoji.len())])).await.map_err(refusal)?;
        }
    }
    Ok(())
}

/// The manager's team has a budget, of which a part is given.
async fn give_from_budget(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    set_clock(app, Clock::System.now() - TimeDelta::days(20));
    let snapshot = snapshot(app, db, organization).await?;
    let lead = by_email(&snapshot, "manager")?;
    let led: Vec<TeamId> = snapshot.chart.teams_led_by(lead).iter().map(|team| team.id).collect();
    let Some(team) = led.first().copied() else { return Ok(()) };
    let partner = as_person(app, db, organization, by_email(&snapshot, "partner")?).await?;
    points::grant_budget(&partner, team, 500, None).await.map_err(refusal)?;
    let receivers = snapshot.chart.members(team).iter().map(|person| person.id).filter(|person| *person != lead);
    let new = NewRecognition {
        receivers: receivers.take(4).collect(),
        company_value: None,
        message: "For the week of the trade fair: all of you, and all of it.".to_owned(),
        points: 50,
        visibility: RecognitionVisibility::Public,
        budget_team: Some(team),
    };
    giving::give(&as_person(app, db, organization, lead).await?, new, None).await.map_err(refusal)?;
    Ok(())
}

/// Redemptions in every state; the employee has one of most.
async fn redeem(app: &Arc<App>, db: &Db, organization: OrganizationId, rewards: &[RewardId]) -> anyhow::Result<()> {
    set_clock(app, Clock::System.now() - TimeDelta::days(12));
    let snapshot = snapshot(app, db, organization).await?;
    let (employee, manager) = (by_email(&snapshot, "employee")?, by_email(&snapshot, "manager")?);
    let admin = as_person(app, db, organization, by_email(&snapshot, "admin")?).await?;
    for person in [employee, manager] {
        let welcome = "Points of the programme before this one";
        points::adjust(&admin, person, 1_500, welcome, None).await.map_err(refusal)?;
    }
    let partner = as_person(app, db, organization, by_email(&snapshot, "partner")?).await?;
    let ask = async |person: PersonId, at: usize| -> anyhow::Result<RedemptionId> {
        app.clock.advance(std::time::Duration::from_secs(60 * 60));
        let reward = *rewards.get(at).context("a reward is missing")?;
        let ctx = as_person(app, db, organization, person).await?;
        Ok(redeeming::redeem(&ctx, reward, None).await.map_err(refusal)?.id)
    };
    let step = async |id: RedemptionId, step: Step| -> anyhow::Result<()> {
        app.clock.advance(std::time::Duration::from_secs(60 * 60));
        redeeming::step(&partner, id, step).await.map_err(refusal)?;
        Ok(())
    };
    let coffee = ask(employee, 0).await?;
    step(coffee, Step::Fulfil).await?;
    let day_off = ask(employee, 4).await?;
    step(day_off, Step::Decline("The plant is closed that week anyway; ask again in spring.".to_owned())).await?;
    let binoculars = ask(manager, 5).await?;
    step(binoculars, Step::Approve).await?;
    step(binoculars, Step::Refund("The last pair did not pass its inspection.".to_owned())).await?;
    let card = ask(manager, 6).await?;
    step(card, Step::Approve).await?;
    // One waits for somebody.
    ask(employee, 6).await?;
    Ok(())
}

/// Birthdays around today, of the personas and a few others.
async fn celebrate(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    people: &[PersonId],
    personas: &[PersonId],
) -> anyhow::Result<()> {
    let today = Clock::System.today();
    set_clock(app, Clock::System.now() - TimeDelta::days(2));
    for (at, person) in (0..).zip(personas.iter().chain(people.iter().step_by(9))) {
        let day = today + TimeDelta::days(at * 5 - 4);
        let choice = Choice { birthday: Some((day.month(), day.day())), show_birthday: true, show_anniversary: true };
        let ctx = as_person(app, db, organization, *person).await?;
        celebrations::choose(&ctx, choice).await.map_err(refusal)?;
    }
    Ok(())
}
