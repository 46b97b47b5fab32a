// The two questions, as each server is asked them, and how its answer reads as the same plain facts.
//
//   directory: a team, the team above it, its first 20 members by name, the manager of each, and the first 5 who
//              report to that manager.
//   home:      who I am, my team, my manager, the first 10 who report to me, and my first 10 unanswered invitations
//              with the run and the title of the survey.

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** A uuid as Hearten writes it outside the database. */
export function heartenId(prefix, uuid) {
  let bits = BigInt(`0x${uuid.replaceAll("-", "")}`);
  let digits = "";
  for (let i = 0; i < 26; i++, bits >>= 5n) digits = ALPHABET[Number(bits & 31n)] + digits;
  return `${prefix}_${digits}`;
}

const directory = (name, parent, members, manager, reports) => ({
  name, parent,
  members: members.map((member) => {
    const above = manager(member);
    return { name: member.displayName, title: member.title, manager: above && { name: above.displayName, reports: reports(above).map((one) => one.displayName) } };
  }),
});
const person = (one) => one && { name: one.displayName, title: one.title };
const home = (me, team, manager, reports, invitations) => ({
  ...person(me), team: team?.name ?? null, manager: person(manager), reports: reports.map(person),
  // Each server writes a moment its own way.
  invitations: invitations.map((one) => ({ ...one, closesAt: one.closesAt && Math.floor(Date.parse(one.closesAt) / 1000) })),
});
const nodes = (connection) => connection.nodes;
const post = (body, token) => ({
  method: "POST", path: "/graphql", body: JSON.stringify(body),
  headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
});

// One line each: what is measured is not how well a server skips blanks.
const line = (text) => text.replace(/\s+/g, " ").trim();

const HEARTEN = {
  directory: line(`query Directory($team: ID!) { node(id: $team) { ... on Team {
    name parent { name }
    members(first: 20) { nodes { displayName title manager { displayName reports(first: 5) { nodes { displayName } } } } }
  } } }`),
  home: line(`query Home { viewer {
    person { displayName title team { name } manager { displayName title } reports(first: 10) { nodes { displayName title } } }
    invitations(first: 10, state: PENDING) { nodes { wave { number closesAt survey { title } } } }
  } }`),
};
const YOGA = {
  directory: line(`query Directory($team: ID!) { team(id: $team) {
    name parent { name }
    members(first: 20) { displayName title manager { displayName reports(first: 5) { displayName } } }
  } }`),
  home: line(`query Home($me: ID!) { person(id: $me) {
    displayName title team { name } manager { displayName title } reports(first: 10) { displayName title }
    invitations(first: 10, state: "PENDING") { wave { number closesAt survey { title } } }
  } }`),
};
const POSTGRAPHILE = {
  directory: line(`query Directory($team: UUID!) { teamByRowId(rowId: $team) {
    name teamByParentId { name }
    peopleByTeamId(first: 20, condition: {deactivated: false}, orderBy: [DISPLAY_NAME_ASC, PRIMARY_KEY_ASC]) { nodes {
      displayName title
      personByManagerId {
        displayName
        peopleByManagerId(first: 5, condition: {deactivated: false}, orderBy: [DISPLAY_NAME_ASC, PRIMARY_KEY_ASC]) { nodes { displayName } }
      }
    } }
  } }`),
  home: line(`query Home($me: UUID!) { personByRowId(rowId: $me) {
    displayName title teamByTeamId { name } personByManagerId { displayName title }
    peopleByManagerId(first: 10, condition: {deactivated: false}, orderBy: [DISPLAY_NAME_ASC, PRIMARY_KEY_ASC]) { nodes { displayName title } }
    invitationsByPersonId(first: 10, condition: {state: "PENDING"}, orderBy: [PRIMARY_KEY_DESC]) { nodes {
      waveByWaveId { number closesAt surveyBySurveyId { title } }
    } }
  } }`),
};
const invitation = (wave, survey) => ({ number: wave.number, closesAt: wave.closesAt, title: survey.title.en ?? survey.title });

/** For each server and question: the request for a subject, and the facts of its answer. A subject of `directory` is
 *  {team}, the uuid of a team; one of `home` is {person, token}, a uuid and what Hearten knows the person by. */
export const SERVERS = {
  hearten: {
    directory: {
      request: ({ team, token }) => post({ query: HEARTEN.directory, variables: { team: heartenId("tea", team) } }, token),
      facts: ({ data: { node } }) => directory(node.name, node.parent?.name ?? null, nodes(node.members), (one) => one.manager, (one) => nodes(one.reports)),
    },
    home: {
      request: ({ token }) => post({ query: HEARTEN.home }, token),
      facts: ({ data: { viewer } }) => home(viewer.person, viewer.person.team, viewer.person.manager, nodes(viewer.person.reports),
        nodes(viewer.invitations).map(({ wave }) => invitation(wave, wave.survey))),
    },
  },
  yoga: {
    directory: {
      request: ({ team }) => post({ query: YOGA.directory, variables: { team } }),
      facts: ({ data: { team } }) => directory(team.name, team.parent?.name ?? null, team.members, (one) => one.manager, (one) => one.reports),
    },
    home: {
      request: ({ person }) => post({ query: YOGA.home, variables: { me: person } }),
      facts: ({ data: { person: me } }) => home(me, me.team, me.manager, me.reports, me.invitations.map(({ wave }) => invitation(wave, wave.survey))),
    },
  },
  postgraphile: {
    directory: {
      request: ({ team }) => post({ query: POSTGRAPHILE.directory, variables: { team } }),
      facts: ({ data: { teamByRowId: team } }) => directory(team.name, team.teamByParentId?.name ?? null, nodes(team.peopleByTeamId),
        (one) => one.personByManagerId, (one) => nodes(one.peopleByManagerId)),
    },
    home: {
      request: ({ person }) => post({ query: POSTGRAPHILE.home, variables: { me: person } }),
      facts: ({ data: { personByRowId: me } }) => home(me, me.teamByTeamId, me.personByManagerId, nodes(me.peopleByManagerId),
        nodes(me.invitationsByPersonId).map(({ waveByWaveId: wave }) => invitation(wave, wave.surveyBySurveyId))),
    },
  },
  limit: {
    directory: {
      request: ({ team }) => ({ method: "GET", path: `/directory/${team}`, headers: {} }),
      facts: (team) => directory(team.name, team.parent?.name ?? null, team.members, (one) => one.manager, (one) => one.reports),
    },
    home: {
      request: ({ person }) => ({ method: "GET", path: `/home/${person}`, headers: {} }),
      facts: (me) => home(me, me.team, me.manager, me.reports, me.invitations),
    },
  },
};
