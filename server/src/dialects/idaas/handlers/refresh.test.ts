/**
 * Renewal: rotation, honest retries, replays, and the binding to a device.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR, MINUTE } from '../../../engine/engine.testing.ts';
import { deriveToken } from '../../../sessions/token.ts';
import {
  BAD_TOKEN,
  CLIENT,
  OTHER_CLIENT,
  openStage,
  PATHS,
  REFRESH_BODY,
  type Stage,
} from '../idaas.testing.ts';
import { GENERATION_LAST, SESSION_TOKEN } from '../shape.ts';

test('a refresh rotates: each token is new, and the record does not grow', async () => {
  const { bearer, login, refresh, clock, sessionOf } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  let token: string = session_token;
  const seen = new Set([token]);
  const size = async () => JSON.stringify(await sessionOf(token)).length;
  const before = await size();
  for (let round = 0; round < 9; round++) {
    clock.advance(MINUTE);
    const { status, body, json } = await refresh(access, token);
    assert.equal(status, 200);
    assert.match(body, /^\{"expire":43200,"session_token":"[A-Za-z0-9]{32}"\}$/);
    token = json.session_token;
    seen.add(token);
  }
  assert.equal(seen.size, 10);
  assert.ok(Math.abs((await size()) - before) <= 2);
});

test('200 refreshes of one token at once give one successor', async () => {
  const { bearer, login, refresh, events, sessionOf } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => refresh(access, session_token)),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const tokens = new Set(answers.map(({ json }) => json.session_token));
  assert.equal(tokens.size, 1);
  assert.ok(!tokens.has(session_token));
  assert.equal(events.filter(({ event }) => event === 'grant_rotated').length, 1);
  assert.equal((await sessionOf(session_token)).grants[0]?.generation, 2);
});

test('a retry gets the same successor, with what is left of its time', async () => {
  const { bearer, login, refresh, clock } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  const first = await refresh(access, session_token);
  clock.advance(20 * MINUTE);
  const retry = await refresh(access, session_token, { device_ip: '198.51.100.7', agent: 7 });
  assert.equal(retry.status, 200);
  assert.equal(retry.json.session_token, first.json.session_token);
  assert.equal(retry.json.expire, 43_200 - 20 * 60);
});

test('a spent token ends the grant: two generations old, successor used, or cap passed', async () => {
  const replays: ((stage: Stage, access: string, first: string) => Promise<string>)[] = [
    async ({ refresh }, access, first) => {
      const second = (await refresh(access, first)).json.session_token;
      return (await refresh(access, second)).json.session_token;
    },
    async ({ refresh, clock }, access, first) => {
      const second = (await refresh(access, first)).json.session_token;
      clock.advance(HOUR);
      return second;
    },
  ];
  for (const prepare of replays) {
    const stage = await openStage({ tenant_token_life: '2h' });
    const access = await stage.bearer();
    const { session_token: first, session } = await stage.login();
    const current = await prepare(stage, access, first);
    const replayed = await stage.refresh(access, first);
    assert.equal(replayed.status, 400);
    assert.deepEqual(replayed.json, BAD_TOKEN);
    assert.deepEqual((await stage.refresh(access, current)).json, BAD_TOKEN);
    assert.equal((await session()).grants[0]?.end?.reason, 'token_replayed');
  }
});

test('another fingerprint is refused and recorded, and the owner goes on', async () => {
  const { bearer, login, refresh, clock } = await openStage();
  const access = await bearer();
  const { session_token, session } = await login();
  const { history, ...before } = await session();
  clock.advance(2 * MINUTE);
  const stolen = await refresh(access, session_token, { device_fingerprint: 'of-a-thief' });
  assert.equal(stolen.status, 400);
  assert.deepEqual(stolen.json, BAD_TOKEN);
  const { history: told, ...after } = await session();
  assert.deepEqual(after, before, 'its session is as it was');
  const [note, ...more] = told.slice(history.length);
  assert.deepEqual([note?.what, note?.about, more], ['binding_refused', CLIENT.client_id, []]);
  assert.equal((await refresh(access, session_token)).status, 200);
});

test('a fingerprint beyond ASCII is the same in a header and in JSON', async () => {
  const { bearer, login, refresh } = await openStage();
  const fingerprint = '设备-١';
  const inHeader = Buffer.from(fingerprint, 'utf8').toString('latin1');
  const { session_token } = await login({ 'X-device-fingerprint': inHeader });
  const body = { device_fingerprint: fingerprint };
  assert.equal((await refresh(await bearer(), session_token, body)).status, 200);
});

test('another application’s access token does not renew', async () => {
  const { bearer, login, refresh } = await openStage();
  const { session_token } = await login();
  const other = await refresh(await bearer(OTHER_CLIENT), session_token);
  assert.equal(other.status, 400);
  assert.deepEqual(other.json, BAD_TOKEN);
  assert.equal((await refresh(await bearer(), session_token)).status, 200);
});

test('expire is the least of idle time and the absolute end', async () => {
  const { bearer, login, refresh, clock } = await openStage({
    session_idle: '2h',
    session_life: '3h',
    tenant_token_life: '5h',
  });
  const access = await bearer();
  const { session_token, expire } = await login();
  assert.equal(expire, 7200);
  clock.advance(90 * MINUTE);
  const { json } = await refresh(access, session_token);
  assert.equal(json.expire, 5400);
  clock.advance(json.expire * 1000);
  assert.deepEqual((await refresh(access, json.session_token)).json, BAD_TOKEN);
});

test('a session token that went unused is over, and so is one whose session ended', async () => {
  const { bearer, login, refresh, clock, services, sessionOf } = await openStage({
    tenant_token_life: '2d',
  });
  const access = await bearer();
  const unused = await login();
  clock.advance(unused.expire * 1000 - 1);
  const { json } = await refresh(access, unused.session_token);
  clock.advance(json.expire * 1000);
  assert.deepEqual((await refresh(access, json.session_token)).json, BAD_TOKEN);

  const { session_token } = await login();
  const why = { reason: 'ended_by_administrator', by: 'admin' } as const;
  await services.sessions.endSession(await sessionOf(session_token), why);
  assert.deepEqual((await refresh(access, session_token)).json, BAD_TOKEN);
});

test('a bad access token is 400, 401 by option, and is looked at first', async () => {
  for (const [options, expected] of [
    [{}, 400],
    [{ bad_bearer_status: 401 }, 401],
  ] as const) {
    const { bearer, login, refresh, clock, call } = await openStage(options);
    const access = await bearer();
    const { session_token } = await login();
    clock.advance(30 * MINUTE);
    const none = await call({ path: PATHS.refresh, body: { session_token, ...REFRESH_BODY } });
    for (const answer of [
      none,
      await refresh(access, session_token),
      await refresh('x', session_token),
      await refresh(session_token, session_token),
      await call({ method: 'POST', path: PATHS.refresh, body: '{' }),
    ]) {
      assert.equal(answer.status, expected);
      const error = { error: 'invalid_token', error_description: 'Invalid access' };
      assert.deepEqual(answer.json, error);
      const challenge = expected === 401 ? 'Bearer error="invalid_token"' : undefined;
      assert.equal(answer.headers['WWW-Authenticate'], challenge);
    }
    assert.equal((await refresh(await bearer(), session_token)).status, 200);
  }
});

test('a changed token costs no write and ends nothing', async () => {
  const { bearer, login, refresh, logout, store } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  for (const [at, letter] of [...session_token].entries()) {
    const other = letter === '0' ? '1' : '0';
    const changed = session_token.slice(0, at) + other + session_token.slice(at + 1);
    assert.deepEqual((await refresh(access, changed)).json, BAD_TOKEN);
    assert.deepEqual((await logout(changed)).json, BAD_TOKEN);
  }
  store.commit = commit;
  assert.equal((await refresh(access, session_token)).status, 200);
});

test('the last generation is not renewed, and stays what it was', async () => {
  const { bearer, login, refresh, logout, services, sessionOf, store } = await openStage();
  const access = await bearer();
  const { session } = await login();
  // As after so many renewals: the record is set forward, and its token derived from it.
  const record = await session();
  const [row] = await store.read([`session/${record.id}`]);
  assert.ok(row);
  const value = row.value.replace('"generation":1,', `"generation":${GENERATION_LAST - 1},`);
  assert.notEqual(value, row.value);
  const { key, version, indexes } = row;
  await store.commit([{ type: 'put', key, saw: version, value, indexes }]);
  const name = { kind: 'idaas', slot: 1, generation: GENERATION_LAST - 1, keyId: record.keyId };
  const token = deriveToken(services.keyring, record, name);
  const last = await refresh(access, SESSION_TOKEN.write(token));
  assert.equal(last.status, 200);
  assert.deepEqual((await refresh(access, last.json.session_token)).json, BAD_TOKEN);
  const { grants } = await sessionOf(last.json.session_token);
  assert.deepEqual([grants[0]?.generation, grants[0]?.end], [GENERATION_LAST, null]);
  assert.equal((await logout(last.json.session_token)).status, 200);
});
