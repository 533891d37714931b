/**
 * Credentials: the next door for a session that was opened here, and none for a thief.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR } from '../../../engine/engine.testing.ts';
import type { Dialect } from '../../dialect.ts';
import { prefixed } from '../../shapes.ts';
import { BAD_TOKEN, openStage, REFRESH_BODY } from '../idaas.testing.ts';

const PATH = '/api/v2/tenant/sso/session-token/credentials';

async function stage() {
  const opened = await openStage({ tenant_token_life: '3h' });
  const { sessions } = opened.services;
  const shape = prefixed('other', 'lamp_other_');
  /** A dialect of which this one knows nothing but its name. */
  const other: Dialect = {
    name: 'other',
    hosts: [],
    realm: null,
    prefixes: [],
    routes: [],
    reject: () => assert.fail('nobody asks it anything'),
    credential: async (session) => ({
      credential: { token: shape.write(sessions.token(session, 'other')) },
    }),
  };
  opened.join(other);
  const exchange = (bearer: string, session_token: string, more: object = { dialect: 'other' }) =>
    opened.call({
      path: PATH,
      headers: { Authorization: `Bearer ${bearer}` },
      body: { session_token, ...REFRESH_BODY, ...more },
    });
  const isOpen = async (text: string) => {
    const token = shape.read(text) ?? assert.fail('the credential is none');
    return 'session' in (await sessions.look(token, 'alpha'));
  };
  return { ...opened, exchange, isOpen };
}

test('a session token opens the door of another dialect, and is renewed by that', async () => {
  const { login, bearer, exchange, refresh, isOpen } = await stage();
  const access = await bearer();
  const { session_token } = await login();
  const { status, json } = await exchange(access, session_token);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['expire', 'session_token', 'dialect', 'credential']);
  assert.notEqual(json.session_token, session_token);
  assert.ok(await isOpen(json.credential.token));
  assert.equal((await refresh(access, json.session_token)).status, 200);
});

test('a thief who exchanges a copy is seen when its owner renews, and loses every door', async () => {
  const { login, bearer, exchange, refresh, isOpen, clock, session } = await withLogin();
  const access = await bearer();
  const stolen = await exchange(access, login.session_token);
  assert.ok(await isOpen(stolen.json.credential.token));
  clock.advance(HOUR);
  assert.deepEqual((await refresh(access, login.session_token)).json, BAD_TOKEN);
  assert.equal((await session()).end?.reason, 'token_replayed');
  assert.equal(await isOpen(stolen.json.credential.token), false);
});

async function withLogin() {
  const opened = await stage();
  const login = await opened.login();
  return { ...opened, login, session: login.session };
}

test('without a tenant token, a device or a known dialect there is no door, and nothing spent', async () => {
  const { login, bearer, exchange, refresh, clock } = await stage();
  const access = await bearer();
  const { session_token, session } = await login();
  assert.equal((await exchange('forged', session_token)).json.error, 'invalid_token');
  const other = { dialect: 'other', device_fingerprint: 'another' };
  assert.deepEqual((await exchange(access, session_token, other)).json, BAD_TOKEN);
  for (const more of [{}, { dialect: 7 }, { dialect: 'other', application: [] }]) {
    const { status, json } = await exchange(access, session_token, more);
    assert.deepEqual([status, json.error_code], [400, 'IDAAS.SDK.PARAM.0001']);
  }
  const unknown = await exchange(access, session_token, { dialect: 'telnet' });
  assert.equal(unknown.json.error_code, 'IDAAS.SDK.APP.0001');
  assert.equal((await session()).grants[0]?.generation, 1);
  clock.advance(2 * HOUR);
  assert.equal((await refresh(access, session_token)).status, 200, 'its owner still has it');
});

test('a door without room is said to be so', async () => {
  const { login, bearer, exchange, services } = await stage();
  const access = await bearer();
  const { session_token } = await login();
  Object.assign(services, {
    credential: async () => ({ refused: 'limit_reached', limit: 'children' }),
  });
  const { status, json } = await exchange(access, session_token);
  assert.deepEqual([status, json.error_code], [400, 'IDAAS.SDK.LOGIN.0002']);
});

test('a session token that a portal handed out opens no other door', async () => {
  const { login, bearer, exchange, refresh, dialect } = await stage();
  const access = await bearer();
  const session = await (await login()).session();
  const device = REFRESH_BODY.device_fingerprint;
  const given = await dialect.credential(session, { application: null, device, origin: '' });
  assert.ok('credential' in given);
  const handed = String(given.credential.session_token);
  assert.deepEqual((await exchange(access, handed)).json, BAD_TOKEN);
  assert.equal((await refresh(access, handed)).status, 200, 'it is good for what it is for');
});
