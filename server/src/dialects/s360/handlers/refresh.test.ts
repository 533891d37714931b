/**
 * Renewal and logout: what a pair is good for, and until when.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import type { EndReason } from '../../../engine/end.ts';
import { DAY, MINUTE } from '../../../engine/engine.testing.ts';
import { request } from '../../world.testing.ts';
import { schema } from '../config.ts';
import { s360 } from '../index.ts';
import { API_KEY, FORMS_KEY, JWT_KEY, OPTIONS, openStage } from '../s360.testing.ts';

const OPERATIONS = ['authenticate', 'refresh', 'logout'] as const;

test('a refresh resets the idle clock, and the pair stays good', async () => {
  const { signIn, pairOf, call, clock, services } = await openStage();
  const session = await signIn();
  const pair = await pairOf(session);
  const seen = new Set<string>();
  for (let round = 0; round < 5; round++) {
    clock.advance(20 * MINUTE);
    const { status, json } = await call('refresh', pair);
    assert.equal(status, 200);
    seen.add(json.data.accessToken);
    const found = await services.sessions.inspect(session.id);
    assert.equal(found?.session.lastAccessAt, clock.now());
  }
  assert.equal(seen.size, 5);
});

test('a refresh inside the throttle writes nothing', async () => {
  const { signIn, pairOf, call, clock, store } = await openStage();
  const pair = await pairOf(await signIn());
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  clock.advance(30_000);
  assert.equal((await call('refresh', pair)).status, 200);
  store.commit = commit;
});

test('200 refreshes at once: 200 JWTs, all different and all valid, one session, one write', async () => {
  const { signIn, pairOf, childOf, call, clock, services, countWrites } = await openStage();
  const session = await signIn();
  const pair = await pairOf(session);
  const child = await childOf(pair, { externalSystemId: 'chatbot' });
  for (const [operation, asked] of [
    ['refresh', pair] as const,
    ['child/refresh', child] as const,
  ]) {
    clock.advance(5 * MINUTE);
    const count = countWrites();
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(operation, asked)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const tokens = answers.map(({ json }) => String(json.data.accessToken));
    assert.equal(new Set(tokens).size, 200);
    assert.equal(new Set(answers.map(({ json }) => json.esbUUID)).size, 200);
    for (const token of tokens) {
      const { payload } = await jwtVerify(token, Buffer.from(JWT_KEY), { subject: 'chatbot' });
      const { sso } = payload.context as { sso: { sessionId: string } };
      assert.equal(sso.sessionId, asked.sessionId);
    }
    assert.equal(count.written, 1);
    const { sessions } = await services.sessions.live('alpha', session.subject, 10);
    assert.deepEqual(
      sessions.map((one) => one.session.id),
      [session.id],
    );
  }
});

test('a refresh that is refused keeps nobody signed in', async () => {
  const { services, signIn, pairOf, call, clock, people, countWrites } = await openStage();
  const [gone, here] = [await signIn(), await signIn(people.grace.subject)];
  const [pair, other] = [await pairOf(gone), await pairOf(here)];
  const { find } = services.directory;
  services.directory.find = async (realm, subject) =>
    subject === gone.subject ? undefined : find(realm, subject);
  clock.advance(5 * MINUTE);
  const count = countWrites();
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0003');
  const refused = await call('refresh', other, { api_key: FORMS_KEY });
  assert.equal(refused.json.desc.code, 'ESB-IDP-E0001');
  assert.equal(count.written, 0);
  assert.equal((await call('refresh', other)).status, 200);
  assert.equal(count.written, 1);
});

test('what time has ended is E0003, what somebody has ended is E0004', async () => {
  const reasons: Record<EndReason, string> = {
    idle_timeout: 'ESB-IDP-E0003',
    absolute_timeout: 'ESB-IDP-E0003',
    signed_out: 'ESB-IDP-E0004',
    signed_out_everywhere: 'ESB-IDP-E0004',
    ended_by_administrator: 'ESB-IDP-E0004',
    password_changed: 'ESB-IDP-E0004',
    token_replayed: 'ESB-IDP-E0004',
    code_replayed: 'ESB-IDP-E0004',
    revoked_by_client: 'ESB-IDP-E0004',
    made_room: 'ESB-IDP-E0004',
  };
  const { signIn, pairOf, call, services } = await openStage();
  for (const [reason, code] of Object.entries(reasons)) {
    const [whole, part] = [await signIn(), await signIn()];
    const [pair, childPair] = [await pairOf(whole), await pairOf(part)];
    const why = { reason: reason as EndReason, by: 'admin' } as const;
    await services.sessions.endSession(whole, why);
    await services.sessions.endPart(part, 1, why);
    for (const operation of OPERATIONS) {
      for (const ended of [pair, childPair]) {
        const { status, json } = await call(operation, ended);
        assert.equal(status, 401);
        assert.equal(json.status, 401);
        assert.equal(json.desc.code, code, `${reason}, ${operation}`);
        assert.equal(json.data, null);
      }
    }
  }
});

test('a session that idled out, or came to its absolute end, is E0003', async () => {
  const { signIn, pairOf, call, clock } = await openStage();
  const pair = await pairOf(await signIn());
  clock.advance(30 * MINUTE);
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0003');

  const kept = await pairOf(await signIn());
  for (let minute = 25; minute < 120; minute += 25) {
    clock.advance(25 * MINUTE);
    assert.equal((await call('refresh', kept)).status, 200);
  }
  clock.advance(20 * MINUTE);
  assert.equal((await call('refresh', kept)).json.desc.code, 'ESB-IDP-E0003');
});

test('what time has ended can be E0004 as well', async () => {
  const { signIn, pairOf, call, clock } = await openStage({ timeout_code: 'E0004' });
  const pair = await pairOf(await signIn());
  clock.advance(30 * MINUTE);
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0004');
  const none = { ...pair, sessionToken: '' };
  assert.equal((await call('refresh', none)).json.desc.code, 'ESB-IDP-E0003');
});

test('E0003 and E0004 are told apart for as long as an ended session is remembered', async () => {
  const { signIn, pairOf, call, clock, services } = await openStage(
    {},
    { policy: { rememberMs: 7 * DAY } },
  );
  const pair = await pairOf(await signIn());
  await call('logout', pair);
  clock.advance(7 * DAY - 1);
  await services.sessions.sweep(100);
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0004');
  clock.advance(1);
  await services.sessions.sweep(100);
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0003');
});

test('logout ends the session itself, once', async () => {
  const { signIn, pairOf, call, services, clock } = await openStage();
  const session = await signIn();
  const [pair, sibling] = [await pairOf(session), await pairOf(session, 'forms')];
  assert.notDeepEqual(pair, sibling);
  clock.advance(5 * MINUTE);
  const { status, json } = await call('logout', pair);
  assert.equal(status, 200);
  assert.deepEqual(json.data, {});
  const found = await services.sessions.inspect(session.id);
  assert.equal(found?.end?.reason, 'signed_out');
  assert.equal(found?.end?.by, 'user');
  assert.equal(found?.session.lastAccessAt, session.lastAccessAt, 'leaving is no use');
  for (const ended of [pair, sibling]) {
    assert.equal((await call('logout', ended)).json.desc.code, 'ESB-IDP-E0004');
    assert.equal((await call('refresh', ended)).json.desc.code, 'ESB-IDP-E0004');
  }
});

test('the halves of two pairs do not go together', async () => {
  const { signIn, pairOf, call } = await openStage();
  const session = await signIn();
  const [one, two] = [await pairOf(session), await pairOf(session)];
  const mixed = { sessionId: one.sessionId, sessionToken: two.sessionToken };
  assert.equal((await call('refresh', mixed)).json.desc.code, 'ESB-IDP-E0003');
});

test('a changed pair costs no write and ends nothing', async () => {
  const { signIn, pairOf, call, store } = await openStage();
  const pair = await pairOf(await signIn());
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  for (const name of ['sessionId', 'sessionToken'] as const) {
    for (const [at, letter] of [...pair[name]].entries()) {
      const other = letter === '0' ? '1' : '0';
      const changed = pair[name].slice(0, at) + other + pair[name].slice(at + 1);
      const { status, json } = await call('logout', { ...pair, [name]: changed });
      assert.equal(status, 401);
      assert.equal(json.desc.code, 'ESB-IDP-E0003');
    }
  }
  store.commit = commit;
  assert.equal((await call('refresh', pair)).status, 200);
});

test('a pair of another realm is unknown', async () => {
  const { signIn, pairOf, call, services, people, dialect } = await openStage(
    {},
    { realms: ['beta'] },
  );
  const epoch = await services.sessions.epoch('beta', people.ada.subject);
  const ask = { realm: 'beta', subject: people.ada.subject, epoch, origin: 'native' };
  const opened = await services.sessions.open(ask);
  assert.ok('session' in opened);
  const none = { application: 'chatbot', device: null, origin: '' };
  assert.ok('fault' in (await dialect.credential(opened.session, none)));

  const beta = s360.create(services, schema.parse({ ...OPTIONS, realm: 'beta' }));
  const pair = await beta.credential(opened.session, none);
  assert.ok('credential' in pair);
  assert.equal((await call('refresh', pair.credential)).json.desc.code, 'ESB-IDP-E0003');
  assert.equal((await call('refresh', await pairOf(await signIn()))).status, 200);
});

test('nobody is kept signed in who has left or is inactive', async () => {
  const { signIn, pairOf, call, services } = await openStage();
  const pair = await pairOf(await signIn());
  const { find } = services.directory;
  services.directory.find = async (realm, subject) => {
    const person = await find(realm, subject);
    return person && { ...person, active: false };
  };
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0003');
  services.directory.find = async () => undefined;
  assert.equal((await call('refresh', pair)).json.desc.code, 'ESB-IDP-E0003');
});

test('a system that has left the config is refused with E0001', async () => {
  const { services, signIn, pairOf } = await openStage();
  const pair = await pairOf(await signIn());
  const without = s360.create(services, schema.parse({ api_keys: [{ key: API_KEY }] }));
  const path = '/idp/sso/v1/refresh';
  const answer = await request(without, { path, headers: { api_key: API_KEY }, body: { ...pair } });
  assert.equal(answer.status, 403);
  assert.equal(JSON.parse(answer.body).desc.code, 'ESB-IDP-E0001');
});
