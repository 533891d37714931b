/**
 * Tokeninfo: for whoever holds a token that is good.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openHolder } from '../dpop.testing.ts';
import { BASE, CALLBACK, openStage, WEB } from '../oauth.testing.ts';

const PATH = `${BASE}/tokeninfo`;

async function openInfo() {
  const stage = await openStage();
  const ask = async (query: Record<string, string>, headers: Record<string, string> = {}) => {
    const answer = await stage.send({ path: PATH, query, headers });
    return { ...answer, json: JSON.parse(answer.body) };
  };
  return { ...stage, ask };
}

test('by header or in the query, it says what the token is', async () => {
  const { granted, ask } = await openInfo();
  const { json } = await granted('web', 'openid edit');
  const { access_token } = json;
  const want = {
    access_token,
    scope: ['openid', 'edit'],
    realm: '/alpha',
    token_type: 'Bearer',
    expires_in: 900,
    client_id: 'web',
    auth_level: 0,
  };
  const byQuery = await ask({ access_token });
  assert.equal(byQuery.status, 200);
  assert.equal(byQuery.headers['Cache-Control'], 'no-store');
  assert.deepEqual(byQuery.json, want);
  assert.deepEqual((await ask({}, { Authorization: `Bearer ${access_token}` })).json, want);
});

test('whatever is no good token is challenged', async () => {
  const { granted, ask, post } = await openInfo();
  const { json } = await granted('web', 'edit');
  const { access_token, refresh_token } = json;
  for (const text of [undefined, '', 'x', refresh_token]) {
    const answer = await ask(text === undefined ? {} : { access_token: text });
    assert.deepEqual([answer.status, answer.json.error], [401, 'invalid_token']);
    assert.match(String(answer.headers['WWW-Authenticate']), /^Bearer realm="\/alpha"/);
  }
  await post('/token/revoke', { token: access_token, ...WEB });
  assert.equal((await ask({ access_token })).status, 401);
});

test('a bound token needs its proof here as well', async () => {
  const { signIn, codeOf, token, ask, clock } = await openInfo();
  const ada = await openHolder(clock.now);
  const code = await codeOf((await signIn()).text);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...WEB };
  const { json } = await token(form, await ada.headers());
  const text = json.access_token;
  assert.equal((await ask({ access_token: text })).status, 401);
  const proof = await ada.headers({ method: 'GET', path: '/tokeninfo', token: text });
  const answer = await ask({}, { Authorization: `DPoP ${text}`, ...proof });
  assert.deepEqual([answer.status, answer.json.cnf], [200, { jkt: ada.jkt }]);
});
