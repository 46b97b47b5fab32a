//! The made-up directory: about 150 people in a tree of four levels, and what happened to them in a year.

use std::{fmt::Write as _, sync::Arc};

use anyhow::ensure;
use chrono::TimeDelta;
use hearten_ids::OrganizationId;
use hearten_orgchart::LeaveReason;

use super::{by_email, exception, go_to, grant_roles, refusal, snapshot};
use crate::{
    app::App,
    areas::directory::{change::Change, charts::has_left, import, reserved::Right},
    platform::db::Db,
};

/// (external id, name, the departments below with their teams).
type Division = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str])]);

const DIVISIONS: [Division; 4] = [
    ("product", "Product", &[("Hardware", &["Optics", "Sensors"]), ("Software", &["Cloud", "Apps"])]),
    (
        "operations",
        "Operations",
        &[("Manufacturing", &["Assembly", "Calibration"]), ("Logistics", &["Warehouse", "Purchasing"])],
    ),
    ("sales", "Sales", &[("Direct", &["Sales North", "Sales South"]), ("Service", &["Support", "Field Service"])]),
    ("people", "People and Finance", &[("People", &[]), ("Finance", &[])]),
];

const FIRST_NAMES: [&str; 36] = [
    "Ada", "Alma", "Anton", "Aylin", "Ben", "Carla", "David", "Deniz", "Ella", "Emil", "Fatima", "Felix", "Finn",
    "Greta", "Hanna", "Ida", "Jakob", "Jana", "Karim", "Lea", "Leon", "Lina", "Luis", "Maja", "Mats", "Mila", "Nele",
    "Noah", "Oskar", "Paula", "Quirin", "Romy", "Samir", "Tilda", "Vera", "Yusuf",
];
const LAST_NAMES: [&str; 31] = [
    "Albrecht", "Bauer", "Böhm", "Celik", "Dietrich", "Ebert", "Fischer", "Graf", "Haas", "Ilic", "Jung", "Kaya",
    "Krüger", "Lang", "Maier", "Nowak", "Otto", "Petrov", "Quast", "Richter", "Schäfer", "Seidel", "Thoma", "Ulrich",
    "Vogel", "Weiß", "Winter", "Xu", "Yildiz", "Ziegler", "Zimmer",
];
const SITES: [&str; 3] = ["Berlin", "Ulm", "Remote"];

/// The rows of the two files under construction.
struct Files<'a> {
    app: &'a App,
    teams: String,
    persons: String,
    count: usize,
}

/// Somebody to be written: who, what, where, below whom.
struct Row<'a> {
    email: Option<&'a str>,
    title: &'a str,
    relationship: &'a str,
    team: &'a str,
    manager: &'a str,
    level: &'a str,
}

impl Files<'_> {
    fn team(&mut self, id: &str, name: &str, parent: &str, lead: &str) {
        let _ = writeln!(self.teams, "{id},{name},{parent},{lead}");
    }

    /// Writes a person and returns their external id.
    fn person(&mut self, row: &Row<'_>) -> String {
        self.count += 1;
        let id = format!("p{:03}", self.count);
        // Step sizes without common factors: the combinations repeat after 1,116 people.
        let first = FIRST_NAMES[self.count * 7 % FIRST_NAMES.len()];
        let last = LAST_NAMES[self.count * 11 % LAST_NAMES.len()];
        let email = row.email.map_or_else(|| format!("{id}@demo.example"), |name| format!("{name}@demo.example"));
        let random = &self.app.random;
        let hired = self.app.clock.today() - TimeDelta::days(30 + i64::try_from(random.below(3_000)).unwrap_or(0));
        let site = SITES[random.below(SITES.len())];
        let locale = if random.below(3) == 0 { "en" } else { "de" };
        let Row { title, relationship, team, manager, level, .. } = row;
        let _ = writeln!(
            self.persons,
            "{id},{first} {last},{email},{title},{relationship},{team},{manager},{hired},{locale},{site},{level},,"
        );
        id
    }
}

impl Files<'_> {
    /// Writes somebody without people below them.
    fn staff(&mut self, team: &str, manager: &str, persona: Option<&str>, title: &str) {
        let relationship = if self.app.random.below(12) == 0 { "CONTRACTOR" } else { "EMPLOYEE" };
        self.person(&Row { email: persona, title, relationship, team, manager, level: "Specialist" });
    }
}

/// Teams that people left before the demo begins.
const LEFT: [&str; 8] = [
    "product-optics",
    "product-cloud",
    "product-apps",
    "operations-assembly",
    "operations-warehouse",
    "sales-sales-north",
    "sales-support",
    "product-sensors",
];
/// How long before the demo begins the first of them left, in days.
const LEFT_SINCE: i64 = 340;

impl Files<'_> {
    /// Writes who left in the year before: the system of record brings them along, so that there is a past to count.
    fn former(&mut self) {
        let begin = self.app.clock.today();
        for n in 0..16_i64 {
            self.count += 1;
            let first = FIRST_NAMES[self.count * 7 % FIRST_NAMES.len()];
            let last = LAST_NAMES[self.count * 11 % LAST_NAMES.len()];
            let team = LEFT[usize::try_from(n).unwrap_or(0) % LEFT.len()];
            let left_on = begin - TimeDelta::days(LEFT_SINCE - n * 20);
            let hired = left_on - TimeDelta::days(150 + n * 97 % 1_500);
            let why = match n % 8 {
                0..=4 => LeaveReason::Voluntary,
                5 => LeaveReason::Involuntary,
                6 => LeaveReason::EndOfContract,
                _ => LeaveReason::Retirement,
            };
            let _ = writeln!(
                self.persons,
                "p{:03},{first} {last},,Specialist,EMPLOYEE,{team},,{hired},de,Ulm,Specialist,{left_on},{why}",
                self.count
            );
        }
    }
}

fn key(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Writes the directory as it stood when the history begins, then lets a year pass.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let mut files = Files {
        app,
        teams: "external_id,name,parent,lead\n".to_owned(),
        persons:
            "external_id,name,email,title,relationship,team,manager,hired_on,locale,attribute:site,attribute:level,left_on,leave_reason\n"
                .to_owned(),
        count: 0,
    };
    write_rows(&mut files);
    files.former();
    let (teams, persons) = (files.teams, files.persons);
    let outcome =
        import::import(app, db, organization, Some(teams.as_bytes()), Some(persons.as_bytes()), Right::Operator, false)
            .await
            .map_err(exception)?;
    ensure!(outcome.applied, "the demo's directory was refused: {:?}", outcome.problems.listed);
    grant_roles(app, db, organization).await?;
    a_year_passes(app, db, organization).await
}

fn write_rows(files: &mut Files<'_>) {
    let chief = files.person(&Row {
        email: Some("chief"),
        title: "Managing Director",
        relationship: "EMPLOYEE",
        team: "company",
        manager: "",
        level: "Executive",
    });
    files.team("company", super::NAME, "", &chief);
    for (email, relationship, title) in [("board", "BOARD_MEMBER", "Chair of the Board"), ("owner", "OWNER", "Founder")]
    {
        files.person(&Row { email: Some(email), title, relationship, team: "company", manager: "", level: "Board" });
    }
    for (id, name, departments) in DIVISIONS {
        let head = files.person(&Row {
            email: None,
            title: "Head of Division",
            relationship: "EMPLOYEE",
            team: id,
            manager: &chief,
            level: "Executive",
        });
        files.team(id, name, "company", &head);
        for _ in 0..2 {
            files.staff(id, &head, None, "Division Office");
        }
        for (department, teams) in departments {
            write_department(files, id, &head, department, teams);
        }
    }
}

fn write_department(files: &mut Files<'_>, division: &str, head: &str, department: &str, teams: &[&str]) {
    let department_id = format!("{division}-{}", key(department));
    // The demo's manager leads a department, so that there is something below to look at.
    let email = (department == "Software").then_some("manager");
    let manager = files.person(&Row {
        email,
        title: "Department Manager",
        relationship: "EMPLOYEE",
        team: &department_id,
        manager: head,
        level: "Manager",
    });
    files.team(&department_id, department, division, &manager);
    for team in teams {
        let team_id = format!("{division}-{}", key(team));
        let lead = files.person(&Row {
            email: None,
            title: "Team Lead",
            relationship: "EMPLOYEE",
            team: &team_id,
            manager: &manager,
            level: "Lead",
        });
        files.team(&team_id, team, &department_id, &lead);
        let size = 5 + files.app.random.below(3);
        for seat in 0..size {
            let persona = if *team == "Apps" && seat == 0 { Some("employee") } else { None };
            files.staff(&team_id, &lead, persona, if persona.is_some() { "Software Engineer" } else { "Specialist" });
        }
    }
    // People who work for the department as a whole: without them a department would differ from its teams by its
    // manager alone, and could not be shown beside them.
    for seat in 0..6 {
        let (persona, title) = match (department, seat) {
            ("People", 0) => (Some("partner"), "People Partner"),
            ("People", 1) => (Some("partner.sales"), "People Partner Sales"),
            ("People", 2) => (Some("admin"), "People Systems Admin"),
            _ => (None, "Specialist"),
        };
        files.staff(&department_id, &manager, persona, title);
    }
}

/// Every month somebody moves, somebody is promoted, and every other month somebody leaves.
async fn a_year_passes(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    for month in 0..12_i64 {
        go_to(app, 400 - month * 30);
        let change = Change::begin(app, db, organization).await.map_err(exception)?;
        let chart = &change.before.chart;
        let specialists: Vec<_> = chart
            .persons()
            .iter()
            .filter(|person| person.attribute("level") == Some("Specialist"))
            .filter(|person| {
                person.email.as_deref().is_some_and(|email| email.starts_with('p') && !email.starts_with("partner"))
            })
            .cloned()
            .collect();
        let picked = |offset: usize| {
            specialists[(usize::try_from(month).unwrap_or(0) * 17 + offset) % specialists.len()].clone()
        };
        let mut promoted = picked(3);
        promoted.title = Some("Senior Specialist".into());
        let mut moved = picked(40);
        let target = picked(80);
        (moved.team, moved.manager) = (target.team, target.manager);
        let mut records = vec![promoted, moved];
        if month % 2 == 0 {
            let mut left = picked(60);
            left.left_on = Some(app.clock.today() - TimeDelta::days(1));
            left.leave_reason = Some(if month % 4 == 0 { LeaveReason::Voluntary } else { LeaveReason::EndOfContract });
            left.deactivated = has_left(left.left_on, app.clock.today());
            records.push(left);
        }
        records.sort_by_key(|record| record.id);
        records.dedup_by_key(|record| record.id);
        change.commit(records, Vec::new()).await.map_err(refusal)?;
    }
    let snapshot = snapshot(app, db, organization).await?;
    by_email(&snapshot, "employee").map(|_| ())
}
