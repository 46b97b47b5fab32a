// graphql-transport-ws: the close codes frame by frame (`ws`), then the client that most front ends use (`graphql-ws`).
//
// usage: PEER_TOKENS='{"people partner": …}' node sockets.mjs URL

import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { all, bearer, check, finish, publishedSurvey, socketUrl } from './report.mjs';

const PROTOCOL = 'graphql-transport-ws';
const ENDLESS = 'subscription { publicationAppeared { id } }';
const ONE = 'subscription ($survey: ID!) { publicationAppeared(survey: $survey) { id survey { id } } }';
const survey = await publishedSurvey('people partner');
const init = { type: 'connection_init', payload: bearer('people partner') };
const subscribe = (id, query = ENDLESS, variables) => ({ id, type: 'subscribe', payload: { query, variables } });

// A raw socket. `hear` gives the next message, or `{ closed: CODE }`, or `{ refused: STATUS }` when it never opened.
class Raw {
  constructor(protocol = PROTOCOL, options = {}) {
    this.heard = [];
    this.waiting = [];
    this.socket = new WebSocket(socketUrl, protocol, options);
    this.opened = new Promise((resolve) => this.socket.once('open', resolve));
    this.socket.on('message', (data) => this.push(JSON.parse(data)));
    this.socket.on('close', (code) => this.push({ closed: code }));
    this.socket.on('unexpected-response', (_, response) => this.push({ refused: response.statusCode }));
    this.socket.on('error', () => {});
  }
  push(message) {
    const next = this.waiting.shift();
    if (next) next(message);
    else this.heard.push(message);
  }
  async say(...messages) {
    await this.opened;
    for (const message of messages) this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  hear() {
    if (this.heard.length) return Promise.resolve(this.heard.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  end() {
    // Asked politely, so that the server counts the socket off at once: a person has few.
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close();
    else this.socket.terminate();
  }
}

// A check with a raw socket, acknowledged unless said otherwise.
async function frames(name, body, { acknowledged = true, protocol, options } = {}) {
  await check('frames', name, async () => {
    const raw = new Raw(protocol, options);
    try {
      if (acknowledged) {
        await raw.say(init);
        assert.equal((await raw.hear()).type, 'connection_ack');
      }
      await body(raw);
    } finally {
      raw.end();
    }
  });
}

// Says something and expects the socket to be closed with a code, whatever comes before.
const closes = (code, ...messages) => async (raw) => {
  await raw.say(...messages);
  let heard;
  do heard = await raw.hear();
  while (heard.closed === undefined);
  assert.equal(heard.closed, code);
};

async function closeCodes() {
  const early = { acknowledged: false };
  await frames('an operation before the acknowledgement: 4401', closes(4401, subscribe('1')), early);
  await frames('a refused token: 4403', closes(4403, { ...init, payload: { authorization: 'Bearer nonsense' } }), early);
  await frames('a second connection_init: 4429', closes(4429, init));
  await frames('not JSON: 4400', closes(4400, 'this is no JSON'));
  await frames('an unknown type: 4400', closes(4400, { type: 'nonsense' }));
  await frames('an id that is no text: 4400', closes(4400, subscribe(5)));
  await frames('no query: 4400', closes(4400, { id: '1', type: 'subscribe', payload: {} }));
  await frames('an id that is under way: 4409', closes(4409, subscribe('1'), subscribe('1')));
  await frames('a message of 1 MiB: 1009', closes(1009, subscribe('1', `#${'x'.repeat(1 << 20)}\n{ __typename }`)));
}

async function messages() {
  await frames('the sub-protocol is echoed', async (raw) => assert.equal(raw.socket.protocol, PROTOCOL));
  await frames('ping is answered with pong', async (raw) => {
    await raw.say({ type: 'ping' });
    assert.equal((await raw.hear()).type, 'pong');
  });
  await frames('a query gives next, then complete', async (raw) => {
    await raw.say(subscribe('q', '{ __typename }'));
    const next = await raw.hear();
    assert.deepEqual([next.type, next.id, next.payload.data], ['next', 'q', { __typename: 'Query' }]);
    assert.deepEqual(await raw.hear(), { id: 'q', type: 'complete' });
  });
  await frames('what does not validate gives error with a list', async (raw) => {
    await raw.say(subscribe('e', '{ noSuchField }'));
    const { id, type, payload } = await raw.hear();
    assert.deepEqual([id, type], ['e', 'error']);
    assert.equal(payload[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  });
  await frames('complete from the client frees the id', async (raw) => {
    await raw.say(subscribe('1'), { id: '1', type: 'complete' }, subscribe('1'), { type: 'ping' });
    assert.equal((await raw.hear()).type, 'pong');
  });
  await frames('too many operations at once are refused', async (raw) => {
    await raw.say(...Array.from({ length: 51 }, (_, n) => subscribe(`${n}`)));
    const { type, payload } = await raw.hear();
    assert.deepEqual([type, payload[0].extensions.code], ['error', 'RATE_LIMITED']);
  });
}

async function goodbyes() {
  for (const code of [1000, 4499]) {
    await frames(`a client that closes with ${code} gets its code back`, async (raw) => {
      raw.socket.close(code);
      assert.deepEqual(await raw.hear(), { closed: code });
    });
  }
}

async function handshakes() {
  const notOpened = async (raw) => assert.ok((await raw.hear()).refused >= 400);
  const early = { acknowledged: false };
  await frames('an unknown sub-protocol is refused', notOpened, { ...early, protocol: 'no-such-protocol' });
  const options = { origin: 'https://elsewhere.example' };
  await frames('a foreign origin is refused', notOpened, { ...early, options });
  await frames('the token may come with the handshake', async (raw) => {
    await raw.say({ type: 'connection_init' }, subscribe('v', '{ viewer { person { id } } }'));
    assert.equal((await raw.hear()).type, 'connection_ack');
    assert.ok((await raw.hear()).payload.data.viewer.person.id);
  }, { ...early, options: { headers: bearer('people partner') } });
}

const open = (options = {}) =>
  createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: bearer('people partner'),
    retryAttempts: 0,
    ...options,
  });

async function realClient() {
  const client = open();
  await check('graphql-ws', 'a subscription yields its event and ends', async () => {
    const events = await all(client.iterate({ query: ONE, variables: { survey } }));
    assert.equal(events.length, 1);
    assert.equal(events[0].data.publicationAppeared.survey.id, survey);
  });
  await check('graphql-ws', 'operations share a socket', async () => {
    const names = ['Query', 'Query', 'Query'];
    const answers = await Promise.all(names.map(() => all(client.iterate({ query: '{ __typename }' }))));
    assert.deepEqual(answers.map(([answer]) => answer.data.__typename), names);
  });
  await check('graphql-ws', 'what does not validate throws the errors', async () => {
    const failed = all(client.iterate({ query: '{ noSuchField }' }));
    await assert.rejects(failed, (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  });
  await check('graphql-ws', 'an endless subscription is left, and the socket lives on', async () => {
    const endless = client.iterate({ query: ENDLESS });
    const first = endless.next();
    await all(client.iterate({ query: '{ __typename }' }));
    await endless.return();
    assert.equal((await first).done, true);
    assert.equal((await all(client.iterate({ query: '{ __typename }' }))).length, 1);
  });
  await client.dispose();
  await check('graphql-ws', 'a refused token ends with 4403', async () => {
    const stranger = open({ connectionParams: { authorization: 'Bearer nonsense' } });
    await assert.rejects(all(stranger.iterate({ query: '{ __typename }' })), ({ code }) => code === 4403);
  });
}

// Waits five seconds, which the others need not wait for.
const silent = frames('a silent socket: 4408', closes(4408), { acknowledged: false });
await closeCodes();
await messages();
await goodbyes();
await handshakes();
await realClient();
await silent;
finish();
