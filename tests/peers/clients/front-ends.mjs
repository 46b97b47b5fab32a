// The clients that front ends are built with, as their documentation sets them up: Apollo, urql, graphql-request.
//
// usage: PEER_TOKENS='{"people partner": …, "admin": …}' node front-ends.mjs URL

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { print } from 'graphql';
import { ClientError, GraphQLClient } from 'graphql-request';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ask, bearer, check, finish, publishedSurvey, socketUrl, url } from './report.mjs';

const ME = 'query Me { viewer { person { id displayName } } }';
const PERSONS = `query Persons($first: Int!, $after: String) {
  persons(first: $first, after: $after) { nodes { id } pageInfo { endCursor } }
}`;
const PUBLISHED = 'subscription Published($survey: ID!) { publicationAppeared(survey: $survey) { id survey { id } } }';
const RENAME = `mutation Rename($input: TeamUpdateInput!) {
  teamUpdate(input: $input) { team { id name } errors { code path } }
}`;
const REGISTER = 'mutation ($input: DocumentsRegisterInput!) { documentsRegister(input: $input) { errors { code } } }';
const headers = bearer('people partner');
const survey = await publishedSurvey('people partner');
const me = (await ask('people partner', ME)).viewer.person;
const code = (errors) => errors?.[0]?.extensions?.code;

// What went over the wire, to see which way a client took.
let requests = [];
const spy = async (address, init = {}) => {
  const response = await fetch(address, init);
  requests.push({ method: init.method ?? 'GET', status: response.status });
  return response;
};
const sockets = () =>
  createSocketClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers, retryAttempts: 0 });
const invalid = (errors) => code(errors) === 'GRAPHQL_VALIDATION_FAILED';

async function one(client, name, body) {
  requests = [];
  await check(client, name, body);
}

async function apollo() {
  const http = (options) => new HttpLink({ uri: url, headers, fetch: spy, ...options });
  const client = (link = http()) => new ApolloClient({ link, cache: new InMemoryCache() });
  await one('Apollo', 'a query, the second time from the cache', async () => {
    const asker = client();
    for (let time = 0; time < 2; time += 1) {
      const { data } = await asker.query({ query: gql(ME) });
      assert.equal(data.viewer.person.id, me.id);
    }
    assert.deepEqual(requests, [{ method: 'POST', status: 200 }]);
  });
  await one('Apollo', 'a query over GET', async () => {
    await client(http({ useGETForQueries: true })).query({ query: gql(ME) });
    assert.deepEqual(requests, [{ method: 'GET', status: 200 }]);
  });
  await one('Apollo', 'a mutation that is refused as data', async () => {
    const { organization } = await ask('admin', '{ organization { rootTeam { id } } }');
    const input = { team: organization.rootTeam.id, name: ' ' };
    const { data } = await client(http({ headers: bearer('admin') })).mutate({ mutation: gql(RENAME), variables: { input } });
    assert.deepEqual(data.teamUpdate.errors.map(({ path }) => path.at(-1)), ['name']);
  });
  await one('Apollo', 'an invalid document is a GraphQL error, not a network error', async () => {
    const failed = client().query({ query: gql('{ noSuchField }') });
    await assert.rejects(failed, (error) => CombinedGraphQLErrors.is(error) && invalid(error.errors));
  });
  await one('Apollo', 'a bad token is a GraphQL error too', async () => {
    const failed = client(http({ headers: { authorization: 'Bearer nonsense' } })).query({ query: gql(ME) });
    await assert.rejects(failed, (error) => CombinedGraphQLErrors.is(error) && code(error.errors) === 'UNAUTHENTICATED');
  });
  await one('Apollo', 'a subscription over WebSocket', async () => {
    const connection = sockets();
    const asker = client(new GraphQLWsLink(connection));
    const events = await observed(asker.subscribe({ query: gql(PUBLISHED), variables: { survey } }));
    assert.deepEqual(events.map(({ data }) => data.publicationAppeared.survey.id), [survey]);
    await connection.dispose();
  });
  await one('Apollo', 'a registered document by its hash', async () => {
    // Exactly the text that the client would send: it adds __typename first.
    const document = gql('query Registered { viewer { person { id } } }');
    const text = print(new InMemoryCache().transformDocument(document));
    await ask('admin', REGISTER, { input: { documents: [text] } });
    const sha256 = (value) => createHash('sha256').update(value).digest('hex');
    const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http());
    const { data } = await client(link).query({ query: document });
    assert.equal(data.viewer.person.id, me.id);
    assert.deepEqual(requests, [{ method: 'GET', status: 200 }], 'the hash alone was enough');
  });
}

function observed(observable) {
  return new Promise((resolve, reject) => {
    const events = [];
    observable.subscribe({ next: (event) => events.push(event), error: reject, complete: () => resolve(events) });
  });
}

async function urql() {
  const client = (options) =>
    new Client({
      url,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: { headers },
      fetch: spy,
      preferGetMethod: false,
      ...options,
    });
  await one('urql', 'a query, the second time from the cache', async () => {
    const asker = client();
    for (let time = 0; time < 2; time += 1) {
      const { data, error } = await asker.query(ME, {}).toPromise();
      assert.equal(data?.viewer.person.id, me.id, error?.message);
    }
    assert.deepEqual(requests, [{ method: 'POST', status: 200 }]);
  });
  await one('urql', 'a query over GET, with variables', async () => {
    const { data, error } = await client({ preferGetMethod: 'force' }).query(PERSONS, { first: 2 }).toPromise();
    assert.equal(data?.persons.nodes.length, 2, error?.message);
    assert.deepEqual(requests, [{ method: 'GET', status: 200 }]);
  });
  await one('urql', 'an invalid document is a GraphQL error', async () => {
    const { error } = await client().query('{ noSuchField }', {}).toPromise();
    assert.equal(code(error?.graphQLErrors), 'GRAPHQL_VALIDATION_FAILED', String(error));
  });
  await one('urql', 'a subscription over WebSocket', async () => {
    const connection = sockets();
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: connection.subscribe({ query, variables }, sink) }),
    });
    const exchanges = [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })];
    const { data, error } = await client({ exchanges }).subscription(PUBLISHED, { survey }).toPromise();
    assert.equal(data?.publicationAppeared.survey.id, survey, error?.message);
    await connection.dispose();
  });
  await one('urql', 'a subscription over server-sent events', async () => {
    const { data, error } = await client({ fetchSubscriptions: true }).subscription(PUBLISHED, { survey }).toPromise();
    assert.equal(data?.publicationAppeared.survey.id, survey, error?.message);
    assert.deepEqual(requests, [{ method: 'POST', status: 200 }]);
  });
}

async function graphqlRequest() {
  const client = new GraphQLClient(url, { headers, fetch: spy });
  await one('graphql-request', 'pages by their cursors', async () => {
    const seen = new Set();
    let after;
    for (let page = 0; page < 3; page += 1) {
      const { persons } = await client.request(PERSONS, { first: 2, after });
      for (const { id } of persons.nodes) seen.add(id);
      after = persons.pageInfo.endCursor;
    }
    assert.equal(seen.size, 6);
  });
  await one('graphql-request', 'an invalid document is a ClientError with the errors', async () => {
    const failed = client.request('{ noSuchField }');
    await assert.rejects(failed, (error) => error instanceof ClientError && invalid(error.response.errors));
  });
}

await apollo();
await urql();
await graphqlRequest();
finish();
