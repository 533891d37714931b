/**
 * Grant type `password`: only where a client is registered for it, and then a sign-in like any other.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CLIENTS, claimsOf, type Form, openStage, WEB } from '../oauth.testing.ts';

const OLD = { client_id: 'old', client_secret: 'old-secret' };
const OPTIONS = {
  clients: [
    ...CLIENTS,
    {
      ...OLD,
      realm: 'alpha',
      grant_types: ['refresh_token'],
      scopes: ['openid', 'read', 'offline_access'],
      insecure_password_grant: true,
    },
  ],
};

async function openOld(world = {}) {
  const stage = await openStage(OPTIONS, world);
  const { username, password } = stage.people.ada;
  const ask = (more: Record<string, string> = {}) =>
    stage.token({
      grant_type: 'password',
      username,
      password,
      scope: 'openid read',
      ...OLD,
      ...more,
    });
  return { ...stage, ask };
}

test('a password opens a session with a grant, which renews', async () => {
  const { ask, refresh, services, post, people } = await openOld();
  const { status, json } = await ask({ auth_chain: 'PasswordGrant' });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), [
    ...['access_token', 'refresh_token', 'scope', 'id_token', 'token_type', 'expires_in'],
  ]);
  const { sid, sub } = claimsOf(json.access_token);
  assert.equal(sub, people.ada.subject);
  const found = await services.sessions.inspect(sid);
  assert.equal(found?.session.origin, 'oauth');
  assert.equal(found?.session.grants.length, 1);
  const renewed = await refresh(json.refresh_token, OLD);
  assert.equal(renewed.status, 200);
  // Nobody else knows of that session: giving up the token gives it up.
  await post('/token/revoke', { token: renewed.json.refresh_token, ...OLD });
  assert.equal((await services.sessions.inspect(sid))?.end?.reason, 'revoked_by_client');
});

test('its replay ends the sign-in that was made for it', async () => {
  const { ask, refresh, services } = await openOld();
  const first = (await ask()).json;
  const second = (await refresh(first.refresh_token, OLD)).json;
  await refresh(second.refresh_token, OLD);
  assert.equal((await refresh(first.refresh_token, OLD)).status, 400);
  const { sid } = claimsOf(first.access_token);
  assert.equal((await services.sessions.inspect(sid))?.end?.reason, 'token_replayed');
});

test('a wrong password, an unknown person and a lockout are invalid grants', async () => {
  const { ask } = await openOld({ lockout: { failures: 3 } });
  const wrong: Form[] = [{ password: 'wrong' }, { username: 'nobody' }, { password: 'too' }];
  for (const more of wrong) {
    const { status, json } = await ask(more);
    assert.equal(status, 400);
    assert.deepEqual(json, { error_description: 'Authentication failed', error: 'invalid_grant' });
  }
  assert.equal((await ask()).status, 200, 'two failures of three');
  for (let count = 0; count < 3; count++) await ask({ password: 'wrong' });
  const { status, json } = await ask();
  assert.deepEqual([status, json.error], [400, 'invalid_grant']);
  assert.match(json.error_description, /try again later/);
});

test('what is missing or not registered is said before any password is looked at', async () => {
  const { ask, services } = await openOld();
  services.directory.authenticate = () => assert.fail('looked at');
  for (const [more, error] of [
    [{ username: '' }, 'invalid_request'],
    [{ password: '' }, 'invalid_request'],
    [{ scope: '' }, 'invalid_scope'],
    [{ scope: 'edit' }, 'invalid_scope'],
    [WEB, 'unauthorized_client'],
  ] as const) {
    const { status, json } = await ask(more);
    assert.deepEqual([status, json.error], [400, error]);
  }
});

test('a person who has too many sessions is refused where the realm says so', async () => {
  const { ask } = await openOld({ policy: { quota: { sessions: 1, whenReached: 'deny' } } });
  assert.equal((await ask()).status, 200);
  const { status, json } = await ask();
  assert.deepEqual([status, json.error], [400, 'invalid_grant']);
});
