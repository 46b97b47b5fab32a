// Writes a made-up directory for `hearten import`: 2,000 teams and 100,000 persons below the demo's root team.
//
//   node directory.mjs DIRECTORY    writes DIRECTORY/teams.csv and DIRECTORY/persons.csv, the same ones every time
//
// 20 divisions of 9 departments of 10 teams; every team has 50 people: a lead, 7 seniors who report to the lead, and 42
// people who report to one of the seniors. Leads report to the lead of the team above.
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

const [DIVISIONS, DEPARTMENTS, TEAMS, PEOPLE, SENIORS] = [20, 9, 10, 50, 7];
const FIRST = "Ada Alma Anton Aylin Ben Carla David Deniz Ella Emil Fatima Felix Finn Greta Hanna Ida Jakob Jana Karim Lea Leon Lina Luis Maja Mats Mila Nele Noah Oskar Paula Quirin Romy Samir Tilda Vera Yusuf".split(" ");
const LAST = "Albrecht Bauer Brandt Celik Dietrich Ebert Fischer Graf Haas Ilic Jung Kaya Kramer Lang Maier Nowak Otto Petrov Quast Richter Schubert Seidel Thoma Ulrich Vogel Weber Winter Xu Yildiz Ziegler Zimmer".split(" ");
const TITLES = ["Analyst", "Buyer", "Controller", "Designer", "Electrician", "Engineer", "Planner", "Technician"];
const SITES = ["Berlin", "Ulm", "Remote"];

export async function write(directory) {
  const teams = createWriteStream(`${directory}/teams.csv`);
  const persons = createWriteStream(`${directory}/persons.csv`);
  teams.write("external_id,name,parent,lead\n");
  persons.write("external_id,name,email,title,relationship,team,manager,hired_on,locale,attribute:site,attribute:level\n");
  let count = 0;
  const person = (team, manager, title, level) => {
    const number = count++;
    const id = `x${String(number).padStart(6, "0")}`;
    // Steps without a factor in common with the lists: names repeat after 1,116 people, never within a team.
    const name = `${FIRST[(number * 7) % FIRST.length]} ${LAST[(number * 11) % LAST.length]}`;
    const hired = new Date(Date.UTC(2012, 0, 1 + ((number * 37) % 5000))).toISOString().slice(0, 10);
    const row = [id, name, `${id}@demo.example`, title, number % 13 ? "EMPLOYEE" : "CONTRACTOR", team, manager, hired, number % 3 ? "de" : "en", SITES[number % 3], level];
    persons.write(row.join(",") + "\n");
    return id;
  };
  const team = (id, name, parent, above) => {
    const lead = person(id, above, "Team Lead", "Lead");
    teams.write(`${id},${name},${parent},${lead}\n`);
    const seniors = Array.from({ length: SENIORS }, (_, at) => person(id, lead, `Senior ${TITLES[at]}`, "Senior"));
    for (let at = 1 + SENIORS; at < PEOPLE; at++) person(id, seniors[at % SENIORS], TITLES[at % TITLES.length], "Specialist");
    return lead;
  };
  for (let a = 1; a <= DIVISIONS; a++) {
    const division = `x${a}`;
    // p001 is the demo's managing director.
    const head = team(division, `Division ${a}`, "company", "p001");
    for (let b = 1; b <= DEPARTMENTS; b++) {
      const department = `${division}-${b}`;
      const manager = team(department, `Department ${a}.${b}`, division, head);
      for (let c = 1; c <= TEAMS; c++) team(`${department}-${c}`, `Team ${a}.${b}.${c}`, department, manager);
    }
  }
  teams.end();
  persons.end();
  await Promise.all([finished(teams), finished(persons)]);
  return count;
}

if (process.argv[1] === import.meta.filename) {
  console.log(`${await write(process.argv[2] ?? ".")} persons`);
}
