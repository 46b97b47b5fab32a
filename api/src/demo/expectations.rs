//! A year of expectations between the demo's people, and the areas they are responsible for.

use std::sync::Arc;

use anyhow::Context;
use async_graphql::MaybeUndefined;
use chrono::Days;
use hearten_expectation::{Move, Unit, Urgency};
use hearten_ids::{ExpectationId, OrganizationId, PersonId, ResponsibilityId};

use super::{as_person, by_email, go_to, refusal, snapshot};
use crate::{
    app::App,
    areas::{
        expectations::{
            moving::{self, Change, Wish},
            proposing::{self, NewExpectation},
        },
        responsibilities::{
            assigning::{self, NewPart},
            store::{Holder, Part},
            writing::{self, AreaChange},
        },
    },
    platform::db::Db,
};

/// (what, amount, unit, urgency, why)
const WANTED: [(&str, i32, Unit, Urgency, &str); 12] = [
    ("Review the release notes of the cloud service", 3, Unit::Hours, Urgency::Normal, "Customers read them first."),
    (
        "Prüfprotokoll der Serie 40 vervollständigen",
        1,
        Unit::Days,
        Urgency::High,
        "Der Auditor kommt im nächsten Monat.",
    ),
    (
        "Show the new calibration bench to the sales team",
        2,
        Unit::Times,
        Urgency::Low,
        "They sell what they have seen.",
    ),
    ("Zwei Angebote für Messestände einholen", 2, Unit::Items, Urgency::Normal, "Die Messe ist im Frühjahr."),
    ("Answer the open questions of the support team", 4, Unit::Hours, Urgency::High, "Three customers wait for them."),
    ("Draft the onboarding plan for the new colleague", 5, Unit::Hours, Urgency::Normal, "She starts on the first."),
    ("Lagerbestand der Optiken abgleichen", 6, Unit::Hours, Urgency::Normal, "Die Bestellung hängt davon ab."),
    ("Measure the noise of sensor revision C", 2, Unit::Days, Urgency::Critical, "The design freeze depends on it."),
    ("Kundenbesuch in Ulm vorbereiten", 90, Unit::Minutes, Urgency::Normal, "Wir waren lange nicht dort."),
    ("Tidy up the alerts nobody reads", 3, Unit::Hours, Urgency::Low, "We miss the ones that matter."),
    ("Budgetzahlen für das zweite Quartal liefern", 4, Unit::Hours, Urgency::High, "Der Beirat fragt danach."),
    ("Walk the new apprentices through assembly", 2, Unit::Times, Urgency::Normal, "They should know what we build."),
];

/// How a story of the past ended.
const ENDINGS: [Move; 8] =
    [Move::Meet, Move::Exceed, Move::Meet, Move::Decline, Move::Meet, Move::Miss, Move::Meet, Move::Withdraw];

/// (area, home team, keywords, accountable, responsible); a team's external id stands for its lead.
type AreaRow = (&'static str, &'static str, Words, Words, Words);
type Words = &'static [&'static str];

const AREAS: [AreaRow; 12] = [
    ("Release of the cloud service", "product-cloud", &["deployment"], &["product-cloud"], &["employee"]),
    ("Mobile apps", "product-apps", &["iOS", "Android"], &["product-apps"], &["employee", "product-cloud"]),
    ("Sensor design", "product-sensors", &["Elektronik"], &["product-sensors"], &["product-optics"]),
    ("Software architecture", "product-software", &["APIs"], &["manager"], &["product-cloud", "product-apps"]),
    ("On call", "product-software", &["Rufbereitschaft", "incidents"], &[], &["product-cloud"]),
    ("Calibration of delivered instruments", "operations", &["Kalibrierung"], &["operations-calibration"], &[]),
    ("Purchasing", "operations", &["Einkauf", "orders"], &["operations-purchasing"], &[]),
    ("Customer complaints", "sales", &["Reklamation", "support"], &["sales-support", "sales-field-service"], &[]),
    ("Trade fairs", "sales", &["Messe"], &["sales"], &["sales-sales-north"]),
    ("Onboarding", "people", &["Einarbeitung", "new colleagues"], &["partner"], &["partner.sales"]),
    ("Directory and access", "people", &["roles", "tokens"], &["admin"], &[]),
    ("Travel budget", "people", &["Reisekosten"], &[], &[]),
];

/// Seeds both.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let demo = Demo { app, db, organization };
    demo.areas().await?;
    let pairs = demo.pairs().await?;
    for (number, ending) in ENDINGS.iter().cycle().take(32).enumerate() {
        let (from, to) = pairs[number % pairs.len()];
        demo.past(number, from, to, *ending).await?;
    }
    demo.open(&pairs).await?;
    demo.at(1);
    Ok(())
}

struct Demo<'a> {
    app: &'a Arc<App>,
    db: &'a Db,
    organization: OrganizationId,
}

impl Demo<'_> {
    fn at(&self, days_ago: i64) {
        go_to(self.app, days_ago);
    }

    /// Who expects something of whom: all personas are on either side.
    async fn pairs(&self) -> anyhow::Result<Vec<(PersonId, PersonId)>> {
        let snapshot = snapshot(self.app, self.db, self.organization).await?;
        let person = |name| by_email(&snapshot, name);
        let (employee, manager, chief) = (person("employee")?, person("manager")?, person("chief")?);
        let (admin, partner, sales) = (person("admin")?, person("partner")?, person("partner.sales")?);
        let lead = snapshot.chart.manager(employee).map(|lead| lead.id).context("the employee has no lead")?;
        let colleagues = snapshot.chart.direct_reports(lead);
        let colleague = colleagues.iter().find(|one| one.id != employee).map(|one| one.id);
        let colleague = colleague.context("the employee has no colleague")?;
        Ok(vec![
            (lead, employee),
            (colleague, employee),
            (employee, lead),
            (chief, manager),
            (manager, lead),
            (employee, colleague),
            (partner, employee),
            (admin, partner),
            (partner, sales),
            (manager, admin),
            (partner, manager),
        ])
    }

    async fn propose(&self, number: usize, from: PersonId, to: PersonId, due_in: u64) -> anyhow::Result<ExpectationId> {
        let (what, amount, unit, urgency, why) = WANTED[number % WANTED.len()];
        let today = self.app.clock.today();
        let new = NewExpectation {
            to,
            what: what.to_owned(),
            amount,
            unit,
            due: today.checked_add_days(Days::new(due_in)).unwrap_or(today),
            urgency,
            background: Some(why.to_owned()),
            visible_to_manager: !number.is_multiple_of(5),
        };
        let ctx = as_person(self.app, self.db, self.organization, from).await?;
        proposing::propose(&ctx, new, None).await.map_err(refusal)
    }

    async fn step(
        &self,
        id: ExpectationId,
        who: PersonId,
        step: Move,
        reason: Option<&str>,
        change: Option<Change>,
    ) -> anyhow::Result<()> {
        let ctx = as_person(self.app, self.db, self.organization, who).await?;
        let reason = reason.map(str::to_owned);
        let wish = Wish { expectation: id, step, reason, change, reason_is: "reason" };
        moving::make(&ctx, wish).await.map(drop).map_err(refusal)
    }

    /// A story that is over: spread over the year before the last month.
    async fn past(&self, number: usize, from: PersonId, to: PersonId, ending: Move) -> anyhow::Result<()> {
        let begun = 350 - 10 * i64::try_from(number).unwrap_or_default();
        self.at(begun);
        let id = self.propose(number, from, to, 10).await?;
        self.at(begun - 1);
        if ending == Move::Decline {
            return self.step(id, to, ending, Some("Es passt nicht in diesen Monat."), None).await;
        }
        if number % 3 == 1 {
            let later = self.app.clock.today().checked_add_days(Days::new(12));
            let change = Change { due: later, ..Change::default() };
            self.step(id, to, Move::Counter, Some("I need the week before for the audit."), Some(change)).await?;
            self.step(id, from, Move::Accept, None, None).await?;
        } else {
            self.step(id, to, Move::Accept, None, None).await?;
        }
        if ending == Move::Withdraw {
            return self.step(id, from, ending, Some("The customer cancelled."), None).await;
        }
        self.at(begun - 8);
        self.step(id, to, Move::Report, None, None).await?;
        self.at(begun - 9);
        self.step(id, from, ending, None, None).await
    }

    /// What is open now: something to answer, to do, to judge and to thank for, and one week that is too full.
    async fn open(&self, pairs: &[(PersonId, PersonId)]) -> anyhow::Result<()> {
        for (number, (from, to)) in pairs.iter().enumerate() {
            self.at(9);
            let id = self.propose(number + 3, *from, *to, 12 + 2 * number as u64).await?;
            self.at(7);
            match number % 4 {
                0 => self.step(id, *to, Move::Accept, None, None).await?,
                1 => {}
                2 => {
                    let later = self.app.clock.today().checked_add_days(Days::new(45));
                    let change = Change { due: later, ..Change::default() };
                    self.step(id, *to, Move::Counter, Some("Vorher schaffe ich es nicht gut."), Some(change)).await?;
                }
                _ => {
                    self.step(id, *to, Move::Accept, None, None).await?;
                    self.at(3);
                    self.step(id, *to, Move::Report, Some("Done, see the folder."), None).await?;
                    if number % 8 == 3 {
                        self.step(id, *from, Move::Exceed, Some("Better than I hoped."), None).await?;
                    }
                }
            }
        }
        let (lead, employee) = pairs[0];
        self.at(2);
        for number in [7, 7, 1] {
            let id = self.propose(number, lead, employee, 16).await?;
            self.step(id, employee, Move::Accept, None, None).await?;
        }
        Ok(())
    }

    async fn areas(&self) -> anyhow::Result<()> {
        self.at(330);
        let snapshot = snapshot(self.app, self.db, self.organization).await?;
        let admin = as_person(self.app, self.db, self.organization, by_email(&snapshot, "admin")?).await?;
        let chart = &snapshot.chart;
        for (name, home, keywords, accountable, responsible) in AREAS {
            let team = chart.team_by_external_id(home).map(|team| team.id);
            let team = team.with_context(|| format!("no demo team {home}"))?;
            let new = AreaChange {
                name: Some(name.to_owned()),
                keywords: Some(keywords.iter().map(ToString::to_string).collect()),
                team: MaybeUndefined::Value(team),
                ..AreaChange::default()
            };
            let area: ResponsibilityId = writing::create(&admin, new, None).await.map_err(refusal)?;
            for (part, holders) in [(Part::Accountable, accountable), (Part::Responsible, responsible)] {
                for holder in holders {
                    let lead = chart.team_by_external_id(holder).and_then(|team| chart.lead(team.id));
                    let person = match lead {
                        Some(lead) => lead.id,
                        None => by_email(&snapshot, holder)?,
                    };
                    let new = NewPart { area, part, holder: Holder::Person(person), from_on: None, until_on: None };
                    assigning::assign(&admin, new).await.map_err(refusal)?;
                }
            }
        }
        Ok(())
    }
}
