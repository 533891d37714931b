/**
 * Revocation: what a client can give up, and what stays.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BASE, openStage, SPA, WEB } from '../oauth.testing.ts';

test('revoking the refresh token ends the grant, and the session goes on', async () => {
  const { granted, post, refresh, services, events } = await openStage();
  const { json, session } = await granted();
  const answer = await post('/token/revoke', { token: json.refresh_token, ...WEB });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, '{}');
  assert.equal(answer.headers['Content-Type'], 'application/json;charset=UTF-8');
  const after = await refresh(json.refresh_token);
  assert.equal(
    after.json.error_description,
    'grant is invalid: the grant ended (revoked_by_client)',
  );
  const seen = await post('/introspect', { token: json.access_token, ...WEB });
  assert.deepEqual(seen.json, { active: false });
  assert.equal((await services.sessions.inspect(session.id))?.end, null);
  assert.equal(events.at(-1)?.reason, 'revoked_by_client');
  const again = await post('/token/revoke', { token: json.refresh_token, ...WEB });
  assert.equal(again.body, '{}');
});

test('whoever lost the last answer can still revoke, a token spent for good cannot', async () => {
  for (const [isSeen, isEnded] of [
    [false, true],
    [true, false],
  ]) {
    const { granted, post, refresh } = await openStage();
    const { json } = await granted();
    const next = await refresh(json.refresh_token);
    if (isSeen) await post('/introspect', { token: next.json.access_token, ...WEB });
    assert.equal((await post('/token/revoke', { token: json.refresh_token, ...WEB })).status, 200);
    assert.equal((await refresh(next.json.refresh_token)).status, isEnded ? 400 : 200);
  }
});

test('an access token is given up alone and at once, as Android does', async () => {
  const { granted, post, refresh, send } = await openStage();
  const { json } = await granted('spa');
  const seen = async (token: string) => {
    const introspected = await post('/introspect', { token, ...SPA });
    const headers = { Authorization: `Bearer ${token}` };
    const { status } = await send({ path: `${BASE}/userinfo`, headers });
    return [introspected.json.active, status];
  };
  assert.deepEqual(await seen(json.access_token), [true, 200]);
  // The SDK does not wait for one before the other.
  const [revoked, renewed] = await Promise.all([
    post('/token/revoke', { token: json.access_token, ...SPA }),
    refresh(json.refresh_token, SPA),
  ]);
  assert.equal(revoked.body, '{}');
  assert.equal(renewed.status, 200);
  assert.deepEqual(await seen(json.access_token), [false, 401]);
  assert.deepEqual(await seen(renewed.json.access_token), [true, 200]);
  const again = await post('/token/revoke', { token: json.access_token, ...SPA });
  assert.equal(again.body, '{}');
});

test('what was revoked is remembered for as long as it would have lived', async () => {
  const { granted, post, clock, services } = await openStage();
  const { json } = await granted();
  await post('/token/revoke', { token: json.access_token, ...WEB });
  clock.advance(899_000);
  await services.sessions.sweep(100);
  const introspected = await post('/introspect', { token: json.access_token, ...WEB });
  assert.deepEqual(introspected.json, { active: false });
});

test('an access token may be all that a client holds', async () => {
  const { signIn, send, token, post } = await openStage();
  const { text } = await signIn();
  const client = { client_id: 'asks-first', client_secret: 'a secret: 100% &+' };
  const { headers } = await send({
    path: '/am/oauth2/realms/root/realms/alpha/authorize',
    headers: { iPlanetDirectoryPro: text },
    body: new URLSearchParams({
      response_type: 'code',
      client_id: 'asks-first',
      scope: 'read',
      decision: 'allow',
      csrf: text,
    }),
  });
  const code = new URL(String(headers.Location)).searchParams.get('code') ?? '';
  const { json } = await token({ grant_type: 'authorization_code', code, ...client });
  const of = { token: json.access_token, ...client };
  assert.equal((await post('/introspect', of)).json.active, true);
  assert.equal((await post('/token/revoke', of)).body, '{}');
  assert.equal((await post('/introspect', of)).json.active, false);
});

test('unknown tokens are no error, foreign and missing ones are', async () => {
  const { granted, post, refresh, store } = await openStage();
  const { json } = await granted();
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  for (const token of ['x', 'lamp_rt_x', json.id_token, `${json.refresh_token}x`]) {
    assert.equal((await post('/token/revoke', { token, ...WEB })).body, '{}');
  }
  for (const token of [json.refresh_token, json.access_token]) {
    const { status, json: body } = await post('/token/revoke', { token, ...SPA });
    assert.equal(status, 400);
    assert.deepEqual(body, {
      error_description: 'The provided token belongs to different access grant.',
      error: 'invalid_grant',
    });
  }
  const missing = await post('/token/revoke', WEB);
  assert.equal(missing.status, 400);
  assert.equal(missing.json.error_description, 'Missing parameter: token');
  const stranger = await post('/token/revoke', { token: json.refresh_token, client_id: 'web' });
  assert.equal(stranger.status, 401);
  store.commit = commit;
  assert.equal((await refresh(json.refresh_token)).status, 200);
});
