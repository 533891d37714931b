/**
 * Revocation: what a client can give up, and what stays.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openStage, SPA, WEB } from '../oauth.testing.ts';

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

test('an access token beside a refresh token is given up alone, as Android does', async () => {
  const { granted, post, refresh } = await openStage();
  const { json } = await granted('spa');
  const revoked = await post('/token/revoke', { token: json.access_token, ...SPA });
  assert.equal(revoked.body, '{}');
  assert.equal((await refresh(json.refresh_token, SPA)).status, 200);
});

test('an access token that is all the client holds ends the grant', async () => {
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
