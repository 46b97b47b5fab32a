// An OpenID provider on loopback, for tests: authorization code with PKCE, JWT access tokens for one audience.
//
// usage: node provider.mjs AUDIENCE REDIRECT_URI
//
// Prints one line of JSON, {"issuer": …}, when it listens. Whoever signs in as NAME has the verified address
// NAME@demo.example; as unverified-NAME, the same address unverified. What a test does to the provider:
//   POST /control/rotate  signs with a new key from now on; the old keys stay published
//   POST /control/drop    publishes the newest key only
//   GET  /control/counts  how often keys and discovery document were fetched

import http from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const [audience, redirectUri] = process.argv.slice(2);
const counts = { keys: 0, discovery: 0 };
const keys = [];
const rows = new Map();
let handle;

// The provider is built anew for each set of keys; what it keeps must survive that.
class Rows {
  constructor(kind) {
    this.kind = kind;
  }
  key(id) {
    return `${this.kind} ${id}`;
  }
  async upsert(id, payload) {
    rows.set(this.key(id), payload);
    if (payload.uid) rows.set(`uid ${payload.uid}`, id);
  }
  async find(id) {
    return rows.get(this.key(id));
  }
  async findByUid(uid) {
    return this.find(rows.get(`uid ${uid}`));
  }
  async consume(id) {
    rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    rows.delete(this.key(id));
  }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of rows) if (payload.grantId === grantId) rows.delete(key);
  }
}

function addressOf(account) {
  const name = account.replace(/^unverified-/, '');
  return { email: `${name}@demo.example`, email_verified: name === account };
}

async function addKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = `key-${Date.now()}-${keys.length}`;
  keys.unshift({ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' });
}

function build(issuer) {
  const provider = new Provider(issuer, {
    adapter: Rows,
    jwks: { keys },
    cookies: { keys: ['for tests'] },
    clients: [
      {
        client_id: 'front-end',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
      },
    ],
    pkce: { required: () => true },
    scopes: ['openid', 'email'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...addressOf(id) }) }),
    // An access token for an API is not taken at the userinfo endpoint, so it has to carry the address.
    extraTokenClaims: (_, token) => (token.accountId ? addressOf(token.accountId) : undefined),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience,
          scope: 'openid email',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  handle = provider.callback();
}

const server = http.createServer(async (request, response) => {
  const control = `${request.method} ${request.url}`;
  if (control === 'GET /control/counts') return response.end(JSON.stringify(counts));
  if (control === 'POST /control/rotate') await addKey();
  else if (control === 'POST /control/drop') keys.length = 1;
  else {
    if (request.url === '/jwks') counts.keys += 1;
    if (request.url.includes('/.well-known/')) counts.discovery += 1;
    return handle(request, response);
  }
  build(issuerOf(server));
  return response.end('{}');
});

function issuerOf(listening) {
  return `http://127.0.0.1:${listening.address().port}`;
}

await addKey();
server.listen(0, '127.0.0.1', () => {
  build(issuerOf(server));
  console.log(JSON.stringify({ issuer: issuerOf(server) }));
});
