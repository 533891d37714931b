/**
 * The rotation policy of a client: when a renewal brings a new refresh token, and what stays bounded
 * all the same.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { schema } from '../config.ts';
import { BASE, CLIENTS, claimsOf, openStage, SPA, WEB } from '../oauth.testing.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The clients of the stage, with that policy. */
const rotating = (refresh_token_rotation: unknown) => ({
  clients: CLIENTS.map((client) => ({ ...client, refresh_token_rotation })),
});

const confidential = CLIENTS.filter(({ client_id }) => client_id === 'web');

test('never: the same refresh token for ever, and a new access token each time', async () => {
  const { granted, refresh, clock, services } = await openStage({
    clients: confidential.map((client) => ({ ...client, refresh_token_rotation: 'never' })),
  });
  const { json, session } = await granted('web', 'openid edit');
  const ids = new Set([claimsOf(json.access_token).jti]);
  for (let count = 0; count < 5; count++) {
    clock.advance(10 * MINUTE);
    const renewed = await refresh(json.refresh_token);
    assert.equal(renewed.status, 200);
    assert.equal(renewed.json.refresh_token, json.refresh_token);
    const claims = claimsOf(renewed.json.access_token);
    assert.equal(claims.iat, clock.now() / 1000);
    assert.equal(claims.exp - claims.iat, renewed.json.expires_in);
    assert.equal(renewed.json.expires_in, 900, 'a whole life from now, half the idle time');
    assert.equal(claimsOf(renewed.json.id_token).iat, claims.iat);
    ids.add(claims.jti);
  }
  assert.equal(ids.size, 6);
  const found = await services.sessions.inspect(session.id);
  assert.equal(found?.session.grants[0]?.generation, 1);
});

test('after a while: the token rests until then, and is rotated by the retry rule', async () => {
  const { granted, refresh, clock } = await openStage(rotating({ after: '15m' }));
  const { json } = await granted('spa');
  clock.advance(10 * MINUTE);
  const rested = await refresh(json.refresh_token, SPA);
  assert.equal(rested.json.refresh_token, json.refresh_token);
  clock.advance(6 * MINUTE);
  const rotated = await refresh(json.refresh_token, SPA);
  assert.equal(rotated.status, 200);
  assert.notEqual(rotated.json.refresh_token, json.refresh_token);
  const retried = await refresh(json.refresh_token, SPA);
  assert.equal(retried.json.refresh_token, rotated.json.refresh_token, 'a lost answer');
  assert.equal(retried.json.access_token === rotated.json.access_token, false);
  const [one, two] = [rotated, retried].map((each) => claimsOf(each.json.access_token));
  assert.deepEqual([two.jti, two.iat, two.exp], [one.jti, one.iat, one.exp]);
  clock.advance(2 * MINUTE);
  const thief = await refresh(json.refresh_token, SPA);
  assert.match(thief.json.error_description, /used before/);
  assert.equal((await refresh(rotated.json.refresh_token, SPA)).status, 400);
});

test('a token that is never rotated ends all the same: idle, and absolutely', async () => {
  const options = {
    clients: confidential.map((client) => ({ ...client, refresh_token_rotation: 'never' })),
    refresh_idle: '7d',
    refresh_life: '20d',
  };
  const idle = await openStage(options);
  const first = await idle.granted('web', 'offline_access');
  idle.clock.advance(7 * DAY + MINUTE);
  const late = await idle.refresh(first.json.refresh_token);
  assert.match(late.json.error_description, /idle_timeout/);

  const busy = await openStage(options);
  const second = await busy.granted('web', 'offline_access');
  for (let day = 0; day < 3; day++) {
    busy.clock.advance(6 * DAY);
    assert.equal((await busy.refresh(second.json.refresh_token)).status, 200);
  }
  busy.clock.advance(2 * DAY - 10 * MINUTE);
  const last = await busy.refresh(second.json.refresh_token);
  assert.equal(last.json.expires_in, 600, 'no access token outlives the grant');
  busy.clock.advance(10 * MINUTE);
  const over = await busy.refresh(second.json.refresh_token);
  assert.match(over.json.error_description, /absolute_timeout/);
});

test('the same answer within one second, and narrower scope at any time', async () => {
  const { granted, refresh, services } = await openStage(rotating({ after: '1d' }));
  const { json, session } = await granted('web', 'edit read');
  const narrow = await refresh(json.refresh_token, {
    ...{ client_id: 'web', client_secret: 'web-secret', scope: 'read' },
  });
  assert.equal(narrow.json.scope, 'read');
  assert.equal((await refresh(json.refresh_token)).json.scope, 'edit read');
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(json.refresh_token)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const found = await services.sessions.inspect(session.id);
  assert.equal(found?.session.grants[0]?.generation, 1);
});

test('a token that nothing binds must be rotated', () => {
  const [spa] = CLIENTS.filter(({ client_id }) => client_id === 'spa');
  const accepts = (more: object) => schema.safeParse({ clients: [{ ...spa, ...more }] }).success;
  const never = { refresh_token_rotation: 'never' };
  assert.equal(accepts(never), false);
  assert.ok(accepts({ ...never, dpop_bound_access_tokens: true }));
  assert.ok(accepts({ ...never, tls_client_certificate_bound_access_tokens: true }));
  assert.ok(accepts({ refresh_token_rotation: { after: '1h' } }));
  for (const bad of ['sometimes', { after: '0s' }, { after: 5 }, {}, null]) {
    assert.equal(accepts({ refresh_token_rotation: bad }), false, JSON.stringify(bad));
  }
});

test('a renewal right after its last access token was revoked brings one that is good', async () => {
  const { granted, refresh, post, send } = await openStage({
    clients: confidential.map((client) => ({ ...client, refresh_token_rotation: 'never' })),
  });
  const { json } = await granted('web', 'openid');
  let { access_token } = json;
  // As Android's SDK does, within one second.
  for (let count = 0; count < 3; count++) {
    assert.equal((await post('/token/revoke', { token: access_token, ...WEB })).status, 200);
    ({ access_token } = (await refresh(json.refresh_token)).json);
    const headers = { Authorization: `Bearer ${access_token}` };
    assert.equal((await send({ path: `${BASE}/userinfo`, headers })).status, 200);
  }
});
