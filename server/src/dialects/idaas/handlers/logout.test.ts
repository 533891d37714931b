/**
 * Who may end a session, and with which token.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR } from '../../../engine/engine.testing.ts';
import { BAD_TOKEN, OTHER_CLIENT, openStage, PATHS, SDK_HEADERS } from '../idaas.testing.ts';

test('logout ends the session, with an empty answer', async () => {
  const { login, logout, bearer, refresh } = await openStage();
  const { session_token, session } = await login();
  const { status, body } = await logout(session_token);
  assert.deepEqual([status, body], [200, '']);
  const { end } = await session();
  assert.deepEqual([end?.reason, end?.by], ['signed_out', 'user']);
  assert.deepEqual((await logout(session_token)).json, BAD_TOKEN);
  assert.deepEqual((await refresh(await bearer(), session_token)).json, BAD_TOKEN);
});

test('logout takes the current token and an honest retry, and no spent one', async () => {
  const { login, logout, bearer, refresh } = await openStage({ tenant_token_life: '2h' });
  const access = await bearer();
  const next = async (token: string) => String((await refresh(access, token)).json.session_token);

  const lost = await login();
  await next(lost.session_token);
  assert.equal((await logout(lost.session_token)).status, 200);

  const { session_token: first, session } = await login();
  const second = await next(first);
  await next(second);
  assert.deepEqual((await logout(first)).json, BAD_TOKEN);
  assert.equal((await session()).end?.reason, 'token_replayed', 'its theft is seen');
});

test('a session token that lapsed unused does not end a session that lives on', async () => {
  const { login, logout, clock, services } = await openStage();
  const { session_token, session } = await login();
  const token = services.sessions.token(await session(), 'other');
  for (let hours = 0; hours < 12; hours += 6) {
    clock.advance(6 * HOUR);
    assert.ok('session' in (await services.sessions.touch(token, 'alpha')));
  }
  assert.deepEqual((await logout(session_token)).json, BAD_TOKEN);
  assert.ok('session' in (await services.sessions.look(token, 'alpha')));
});

test('logout is for the device and the application that the token is of', async () => {
  const { login, logout, bearer, refresh, call } = await openStage();
  const { session_token } = await login();
  const others: Readonly<Record<string, string>>[] = [
    { 'X-device-fingerprint': 'of-a-thief' },
    { 'X-client-id': OTHER_CLIENT.client_id },
    { 'session-token': 'x' },
    { 'session-token': '0'.repeat(32) },
  ];
  for (const headers of others) {
    const { status, json } = await logout(session_token, headers);
    assert.equal(status, 400);
    assert.deepEqual(json, BAD_TOKEN);
  }
  const without = await call({ path: PATHS.logout, headers: SDK_HEADERS });
  assert.equal(without.json.error_code, 'IDAAS.SDK.PARAM.0001');
  const bare = await call({ path: PATHS.logout, headers: { 'session-token': session_token } });
  assert.equal(bare.json.error_code, 'IDAAS.SDK.PARAM.0001');
  assert.equal((await refresh(await bearer(), session_token)).status, 200);
});
