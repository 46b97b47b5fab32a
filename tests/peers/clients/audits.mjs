// The GraphQL-over-HTTP audit suite: MUST, SHOULD and MAY alike have to hold.
//
// usage: PEER_TOKENS='{"employee": …}' node audits.mjs URL

import assert from 'node:assert/strict';
import { serverAudits } from 'graphql-http';
import { bearer, check, finish, url } from './report.mjs';

// Fewer would mean that the suite was not run as it was when this was written.
const AT_LEAST = 61;

// The authorization header is also the proof that a GET is no stray link.
function signedIn(address, init = {}) {
  const headers = new Headers(init.headers);
  headers.set('authorization', bearer('employee').authorization);
  return fetch(address, { ...init, headers });
}

const audits = serverAudits({ url, fetchFn: signedIn });
for (const audit of audits) {
  await check('audits', `${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
if (audits.length < AT_LEAST) {
  await check('audits', 'number', () => assert.fail(`${audits.length} audits, expected ${AT_LEAST} or more`));
}
finish();
