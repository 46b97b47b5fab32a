// graphql-yoga + DataLoader + pg, as its users would write it with care: loaders made per request, named (prepared)
// statements, one statement a loader and batch, a pool a process, two processes. No authentication.
//
// Environment: DATABASE_URL, PORT, CONNECTIONS (Postgres connections a process), PROCESSES.
import cluster from "node:cluster";
import { createServer } from "node:http";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import pg from "pg";

const { DATABASE_URL, PORT, CONNECTIONS = "4", PROCESSES = "2" } = process.env;

const PERSON = "id, display_name, title, team_id, manager_id";
const STATEMENTS = {
  teams: "select id, name, parent_id from teams where id = any($1::uuid[])",
  persons: `select ${PERSON} from persons where id = any($1::uuid[])`,
  waves: "select id, number, closes_at, survey_id from waves where id = any($1::uuid[])",
  surveys: "select id, title from surveys where id = any($1::uuid[])",
  members: `select found.* from unnest($1::uuid[]) wanted cross join lateral (
    select ${PERSON} from persons where team_id = wanted and not deactivated order by display_name, id limit $2) found`,
  reports: `select found.* from unnest($1::uuid[]) wanted cross join lateral (
    select ${PERSON} from persons where manager_id = wanted and not deactivated order by display_name, id limit $2) found`,
  invitations: `select found.* from unnest($1::uuid[]) wanted cross join lateral (
    select id, wave_id, person_id from invitations where person_id = wanted and state = $3 order by id desc limit $2) found`,
};

function serve() {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(CONNECTIONS) });
  const run = (name, values) => pool.query({ name, text: STATEMENTS[name], values });

  const byId = (name) =>
    new DataLoader(async (ids) => {
      const { rows } = await run(name, [ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    });
  // One loader for each list and its arguments: they are the same for all keys of a batch.
  const lists = (name, column) => {
    const loaders = new Map();
    return (...values) => {
      const key = values.join();
      if (!loaders.has(key)) {
        loaders.set(key, new DataLoader(async (ids) => {
          const { rows } = await run(name, [ids, ...values]);
          const groups = new Map(ids.map((id) => [id, []]));
          for (const row of rows) groups.get(row[column]).push(row);
          return ids.map((id) => groups.get(id));
        }));
      }
      return loaders.get(key);
    };
  };
  const loaders = () => ({
    teams: byId("teams"), persons: byId("persons"), waves: byId("waves"), surveys: byId("surveys"),
    members: lists("members", "team_id"), reports: lists("reports", "manager_id"), invitations: lists("invitations", "person_id"),
  });
  const one = (kind, column) => (row, _, ctx) => (row[column] ? ctx[kind].load(row[column]) : null);

  const schema = createSchema({
    typeDefs: /* GraphQL */ `
      type Query { team(id: ID!): Team  person(id: ID!): Person }
      type Team { id: ID!  name: String!  parent: Team  members(first: Int! = 20): [Person!]! }
      type Person {
        id: ID!  displayName: String!  title: String  team: Team  manager: Person
        reports(first: Int! = 20): [Person!]!
        invitations(first: Int! = 20, state: String!): [Invitation!]!
      }
      type Invitation { id: ID!  wave: Wave! }
      type Wave { id: ID!  number: Int!  closesAt: String  survey: Survey! }
      type Survey { id: ID!  title(locale: String! = "en"): String! }
    `,
    resolvers: {
      Query: { team: (_, { id }, ctx) => ctx.teams.load(id), person: (_, { id }, ctx) => ctx.persons.load(id) },
      Team: { parent: one("teams", "parent_id"), members: (team, { first }, ctx) => ctx.members(first).load(team.id) },
      Person: {
        displayName: (person) => person.display_name,
        team: one("teams", "team_id"),
        manager: one("persons", "manager_id"),
        reports: (person, { first }, ctx) => ctx.reports(first).load(person.id),
        invitations: (person, { first, state }, ctx) => ctx.invitations(first, state).load(person.id),
      },
      Invitation: { wave: one("waves", "wave_id") },
      Wave: { closesAt: (wave) => wave.closes_at?.toISOString() ?? null, survey: one("surveys", "survey_id") },
      Survey: { title: (survey, { locale }) => survey.title[locale] },
    },
  });
  const yoga = createYoga({ schema, context: loaders, logging: false, graphiql: false, landingPage: false, cors: false, batching: false });
  createServer(yoga).listen(Number(PORT), "127.0.0.1");
}

if (cluster.isPrimary && Number(PROCESSES) > 1) {
  for (let i = 0; i < Number(PROCESSES); i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  serve();
}
