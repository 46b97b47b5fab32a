// The three questions, as each server is asked them, and how its answer reads as the same plain facts.
//
//   directory: a team, the team above it, its first 20 members by name, the manager of each, and the first 5 who
//              report to that manager.
//   home:      who I am, my team, my manager, the first 10 who report to me, and my first 10 unanswered invitations
//              with the run and the title of the survey.
//   homeScreen: all that awaits me, in one query; asked of Hearten and PostGraphile only. README.md lists it.

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
// Each server writes a moment its own way.
const second = (moment) => moment && Math.floor(Date.parse(moment) / 1000);
const person = (one) => one && { name: one.displayName, title: one.title };
const home = (me, team, manager, reports, invitations) => ({
  ...person(me), team: team?.name ?? null, manager: person(manager), reports: reports.map(person),
  invitations: invitations.map((one) => ({ ...one, closesAt: second(one.closesAt) })),
});
// The tables number it from 1.
const URGENCIES = [, "LOW", "NORMAL", "HIGH", "CRITICAL"];
const name = (one) => one?.displayName ?? null;
const expectation = (one, from, due) => ({ what: one.what, due, urgency: URGENCIES[one.urgency] ?? one.urgency, from: name(from) });
const homeScreen = (has) => ({
  ...has,
  next: has.next && { ...has.next, at: second(has.next.at) },
  invitations: has.invitations.map((one) => ({ ...one, closesAt: second(one.closesAt) })),
  asked: has.asked.map((one) => ({ ...one, due: second(one.due) })),
  owed: has.owed.map((one) => ({ ...one, due: second(one.due) })),
  thanks: has.thanks.map((one) => ({ ...one, given: second(one.given) })),
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
  homeScreen: line(`query HomeScreen { viewer { home {
    expectedOfMe { what dueAt urgency from { displayName } }
    expectationsAwaitingMe { what dueAt urgency from { displayName } to { displayName } }
    goals { title confidence progress checkInDueOn }
    nextConversation { scheduledAt series { title } participants { displayName } }
    openActionItems actionItems { text dueOn }
    invitations { wave { number closesAt survey { title } } }
    requestsOfMine { title dueAt queue { name } assignee { displayName } }
    requestsAwaitingMe { title dueAt asker { displayName } queue { name } }
    thanks { message points givenAt giver { displayName } companyValue { name } }
    wallet { allowance earned }
    unseenCount
  } } }`),
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
  // sql/postgraphile.sql has the views.
  homeScreen: line(`query HomeScreen($me: UUID!) { personByRowId(rowId: $me) {
    openExpectationsByToId(first: 10, orderBy: [DUE_ON_ASC, ROW_ID_ASC]) { nodes { what dueOn urgency personByFromId { displayName } } }
    awaitingExpectationsByPersonId(first: 10, orderBy: [DUE_ON_ASC, ROW_ID_ASC]) { nodes {
      what dueOn urgency personByFromId { displayName } personByToId { displayName }
    } }
    openGoalsByOwnerId(first: 10, orderBy: [PLACE_ASC, CHECK_IN_DUE_ON_ASC, ROW_ID_ASC]) { nodes { title confidence progressPpm checkInDueOn } }
    plannedAttendancesByPersonId(first: 1, orderBy: [SCHEDULED_AT_ASC, CONVERSATION_ID_ASC]) { nodes { conversationByConversationId {
      scheduledAt conversationSeryBySeriesId { title }
      conversationAttendeesByConversationId(orderBy: [PRIMARY_KEY_ASC]) { nodes { personByPersonId { displayName } } }
    } } }
    actionItemsByOwnerId(first: 5, condition: {doneAt: null}, orderBy: [DUE_ON_ASC, PRIMARY_KEY_ASC]) { totalCount nodes { text dueOn } }
    invitationsByPersonId(first: 10, condition: {state: "PENDING"}, orderBy: [PRIMARY_KEY_DESC]) { nodes {
      waveByWaveId { number closesAt surveyBySurveyId { title } }
    } }
    unsettledRequestsByAskerId(first: 20, orderBy: [DUE_AT_ASC, ROW_ID_ASC]) { nodes { title dueAt requestQueueByQueueId { name } personByAssigneeId { displayName } } }
    awaitingRequestsByPersonId(first: 20, orderBy: [DUE_AT_ASC, ROW_ID_ASC]) { nodes { title dueAt personByAskerId { displayName } requestQueueByQueueId { name } } }
    receivedThanksByPersonId(first: 5, orderBy: [ROW_ID_DESC]) { nodes {
      message points givenAt personByGiverId { displayName } companyValueByCompanyValueId { name }
    } }
    walletByPersonId { allowance earned }
    unseenNotificationByPersonId { unseen }
  } }`),
};
const invitation = (wave, survey) => ({ number: wave.number, closesAt: wave.closesAt, title: survey.title.en ?? survey.title });

/** For each server and question: the request for a subject, and the facts of its answer. A subject of `directory` is
 *  {team}, the uuid of a team; one of `home` and `homeScreen` is {person, token}, a uuid and what Hearten knows the person
 *  by. */
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
    homeScreen: {
      request: ({ token }) => post({ query: HEARTEN.homeScreen }, token),
      facts: ({ data: { viewer: { home } } }) => homeScreen({
        expected: home.expectedOfMe.map((one) => expectation(one, one.from, one.dueAt)),
        awaiting: home.expectationsAwaitingMe.map((one) => ({ ...expectation(one, one.from, one.dueAt), to: name(one.to) })),
        goals: home.goals,
        next: home.nextConversation && {
          at: home.nextConversation.scheduledAt, title: home.nextConversation.series.title, with: home.nextConversation.participants.map(name),
        },
        openActions: home.openActionItems, actions: home.actionItems,
        invitations: home.invitations.map(({ wave }) => invitation(wave, wave.survey)),
        asked: home.requestsOfMine.map((one) => ({ title: one.title, due: one.dueAt, queue: one.queue?.name ?? null, assignee: name(one.assignee) })),
        owed: home.requestsAwaitingMe.map((one) => ({ title: one.title, due: one.dueAt, asker: name(one.asker), queue: one.queue?.name ?? null })),
        thanks: home.thanks.map((one) => ({
          message: one.message, points: one.points, given: one.givenAt, giver: name(one.giver), value: one.companyValue?.name ?? null,
        })),
        wallet: home.wallet, unseen: home.unseenCount,
      }),
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
    homeScreen: {
      request: ({ person }) => post({ query: POSTGRAPHILE.homeScreen, variables: { me: person } }),
      facts: ({ data: { personByRowId: me } }) => {
        const next = nodes(me.plannedAttendancesByPersonId)[0]?.conversationByConversationId;
        return homeScreen({
          expected: nodes(me.openExpectationsByToId).map((one) => expectation(one, one.personByFromId, one.dueOn)),
          awaiting: nodes(me.awaitingExpectationsByPersonId).map((one) => ({ ...expectation(one, one.personByFromId, one.dueOn), to: name(one.personByToId) })),
          goals: nodes(me.openGoalsByOwnerId).map(({ progressPpm, ...goal }) => ({ ...goal, progress: progressPpm === null ? null : progressPpm / 1e6 })),
          next: (next && {
            at: next.scheduledAt, title: next.conversationSeryBySeriesId.title,
            with: nodes(next.conversationAttendeesByConversationId).map((one) => name(one.personByPersonId)),
          }) ?? null,
          openActions: me.actionItemsByOwnerId.totalCount, actions: nodes(me.actionItemsByOwnerId),
          invitations: nodes(me.invitationsByPersonId).map(({ waveByWaveId: wave }) => invitation(wave, wave.surveyBySurveyId)),
          asked: nodes(me.unsettledRequestsByAskerId).map((one) => ({
            title: one.title, due: one.dueAt, queue: one.requestQueueByQueueId?.name ?? null, assignee: name(one.personByAssigneeId),
          })),
          owed: nodes(me.awaitingRequestsByPersonId).map((one) => ({
            title: one.title, due: one.dueAt, asker: name(one.personByAskerId), queue: one.requestQueueByQueueId?.name ?? null,
          })),
          thanks: nodes(me.receivedThanksByPersonId).map((one) => ({
            message: one.message, points: Number(one.points), given: one.givenAt, giver: name(one.personByGiverId),
            value: one.companyValueByCompanyValueId?.name ?? null,
          })),
          wallet: { allowance: Number(me.walletByPersonId.allowance), earned: Number(me.walletByPersonId.earned) },
          unseen: me.unseenNotificationByPersonId.unseen,
        });
      },
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
