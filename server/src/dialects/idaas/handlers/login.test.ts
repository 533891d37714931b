/**
 * Sign-in on a device.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR } from '../../../engine/engine.testing.ts';
import type { Ask } from '../../world.testing.ts';
import { CLIENT, FINGERPRINT, openStage, PATHS, SDK_HEADERS, verified } from '../idaas.testing.ts';

test('login opens a session of its own, bound to the device', async () => {
  const stage = await openStage();
  const answer = await stage.login();
  const { session_token, expire, status, id_token } = answer;
  assert.match(session_token, /^[A-Za-z0-9]{32}$/);
  assert.equal(expire, 43_200);
  assert.equal(status, 'SUCCESS');
  const session = await answer.session();
  assert.equal(session.origin, 'idaas');
  assert.equal(session.idleMs, 12 * HOUR);
  assert.equal(session.endsAt - session.createdAt, 7 * 24 * HOUR);
  assert.deepEqual(
    session.grants.map(({ client, binding }) => [client, binding.kind]),
    [[CLIENT.client_id, 'device']],
  );
  assert.ok(!JSON.stringify(session).includes(FINGERPRINT), 'only its hash is kept');
  const { sub, exp, iat, email, name } = await verified(stage, id_token);
  assert.deepEqual([sub, email, name], [stage.people.ada.subject, 'ada@example.com', 'Ada Lamp']);
  assert.equal(Number(exp) - Number(iat), 7200);
});

test('login refuses with codes, and never says which of name and password was wrong', async () => {
  const { call, people, events } = await openStage();
  const right = { user_name: 'ada', password: people.ada.password };
  const post = (body: Ask['body'], headers: Readonly<Record<string, string>> = SDK_HEADERS) =>
    call({ method: 'POST', path: PATHS.login, body: body ?? '', headers });
  const without = (name: keyof typeof SDK_HEADERS) => {
    const { [name]: _left, ...rest } = SDK_HEADERS;
    return rest;
  };
  const cases: [code: string, answer: ReturnType<typeof call>][] = [
    ['IDAAS.SDK.LOGIN.0001', post({ ...right, password: 'wrong' })],
    ['IDAAS.SDK.LOGIN.0001', post({ ...right, user_name: 'nobody' })],
    ['IDAAS.SDK.LOGIN.0001', post({ ...right, user_name: '\ud800' })],
    ['IDAAS.SDK.LOGIN.0001', post({ ...right, password: 'x'.repeat(500_000) })],
    ['IDAAS.SDK.PARAM.0001', post({ ...right, password: '' })],
    ['IDAAS.SDK.PARAM.0001', post({ user_name: 'ada' })],
    ['IDAAS.SDK.PARAM.0001', post({ ...right, user_name: ['ada'] })],
    ['IDAAS.SDK.PARAM.0001', post({ ...right, password: { toString: 'x' } })],
    ['IDAAS.SDK.PARAM.0001', post('')],
    ['IDAAS.SDK.PARAM.0002', post('null')],
    ['IDAAS.SDK.PARAM.0002', post('user_name=ada&password=x')],
    ['IDAAS.SDK.PARAM.0002', post(Buffer.from([0xc3, 0x28]))],
    ['IDAAS.SDK.PARAM.0001', post(right, without('X-agent'))],
    ['IDAAS.SDK.PARAM.0001', post(right, without('X-device-fingerprint'))],
    ['IDAAS.SDK.PARAM.0001', post(right, without('X-operating-sys-version'))],
    ['IDAAS.SDK.PARAM.0001', post(right, without('X-client-id'))],
    ['IDAAS.SDK.APP.0001', post(right, { ...SDK_HEADERS, 'X-client-id': 'nobody' })],
  ];
  for (const [code, asked] of cases) {
    const { status, json } = await asked;
    assert.equal(status, 400);
    assert.equal(json.error_code, code);
    assert.deepEqual(Object.keys(json), ['error_code', 'error_msg']);
  }
  assert.deepEqual(events, []);
  assert.equal((await post(right, without('X-device-ip'))).status, 200);
});

test('a unified login takes any name that the directory knows', async () => {
  const { sdk, people } = await openStage();
  const { password } = people.ada;
  for (const user_name of ['ada', 'ADA', 'ada@example.com']) {
    const { json } = await sdk(PATHS.unifiedLogin, { body: { user_name, password } });
    assert.equal(json.status, 'SUCCESS');
  }
  const { json } = await sdk(PATHS.unifiedLogin, { body: { user_name: 'eve', password } });
  assert.equal(json.error_code, 'IDAAS.SDK.LOGIN.0001');
});

test('too many wrong passwords lock known and unknown names alike', async () => {
  const { sdk, people, clock } = await openStage({}, { lockout: { failures: 3 } });
  const { password } = people.ada;
  for (const user_name of ['ada', 'nobody']) {
    const attempt = async (password: string) =>
      (await sdk(PATHS.login, { body: { user_name, password } })).json.error_code;
    for (let guess = 0; guess < 3; guess++) {
      assert.equal(await attempt('wrong'), 'IDAAS.SDK.LOGIN.0001');
    }
    assert.equal(await attempt(password), 'IDAAS.SDK.LOGIN.0004');
  }
  clock.advance(HOUR);
  const { json } = await sdk(PATHS.login, { body: { user_name: 'ada', password } });
  assert.equal(json.status, 'SUCCESS');
});
