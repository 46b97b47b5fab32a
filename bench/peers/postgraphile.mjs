// PostGraphile 5 on the same tables, with its own preset: its plans, its prepared statements, two processes. No
// authentication, no role switching, no development tools.
//
// Environment: DATABASE_URL, PORT, CONNECTIONS (Postgres connections a process), PROCESSES.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { DATABASE_URL, PORT, CONNECTIONS = "4", PROCESSES = "2" } = process.env;

async function serve() {
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    // Its default only orders and filters by columns with an index of their own; the screens order by name.
    disablePlugins: ["PgIndexBehaviorsPlugin"],
    pgServices: [makePgService({ connectionString: DATABASE_URL, schemas: ["public"], poolConfig: { max: Number(CONNECTIONS) } })],
    grafast: { explain: false },
    grafserv: { graphiql: false, websockets: false, watch: false },
  });
  const server = createServer();
  await instance.createServ(grafserv).addTo(server);
  server.listen(Number(PORT), "127.0.0.1");
}

if (cluster.isPrimary && Number(PROCESSES) > 1) {
  for (let i = 0; i < Number(PROCESSES); i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  await serve();
}
