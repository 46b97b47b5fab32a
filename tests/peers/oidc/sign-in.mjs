// Signs somebody in at the provider as a front end does (authorization code, PKCE), filling in its forms, and prints
// {"accessToken": …, "idToken": …}.
//
// usage: node sign-in.mjs ISSUER REDIRECT_URI ACCOUNT

import * as client from 'openid-client';

const [issuer, redirectUri, account] = process.argv.slice(2);
const cookies = new Map();

async function visit(url, form) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  const body = form && new URLSearchParams(form);
  const response = await fetch(url, { method: form ? 'POST' : 'GET', headers, body, redirect: 'manual' });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  return response;
}

// Follows redirects and answers the two forms, sign-in and consent, until the provider sends us back.
async function walk(start) {
  let response = await visit(start);
  for (let step = 0; step < 12; step += 1) {
    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, issuer);
      if (next.href.startsWith(redirectUri)) return next;
      response = await visit(next);
    } else {
      const page = await response.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
      if (!action || !prompt) throw new Error(`neither a form nor a redirect: ${page.slice(0, 300)}`);
      response = await visit(new URL(action, issuer), { prompt, login: account, password: 'any' });
    }
  }
  throw new Error('the provider sends us around in circles');
}

const insecure = { execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(issuer), 'front-end', undefined, client.None(), insecure);
const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const callback = await walk(
  client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }),
);
const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
});
console.log(JSON.stringify({ accessToken: tokens.access_token, idToken: tokens.id_token }));
