/**
 * Renewing: under Basic authentication, with the cookie, and by nobody.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../engine/engine.testing.ts';
import { sessionKey } from '../../sessions/records.ts';
import type { WireAnswer } from '../dialect.ts';
import { schema } from './config.ts';
import { API_TOKEN, assertUnauthenticated, basic, ME, openStage } from './zendesk.testing.ts';

const RENEW = `${ME}/session/renew`;

function csrfOf(body: string): string {
  const { authenticity_token, ...rest } = JSON.parse(body);
  assert.deepEqual(rest, {});
  assert.equal(typeof authenticity_token, 'string');
  return authenticity_token;
}

test('renews under Basic authentication, and hands out the cookies', async () => {
  const stage = await openStage();
  const { email, password } = stage.people.grace;
  const authorization = basic(String(email), password);
  const answer = await stage.send({ path: RENEW, headers: { authorization } });
  assert.equal(answer.status, 200);
  const csrf = csrfOf(answer.body);
  const { 'Set-Cookie': cookies, etag, ...headers } = answer.headers;
  assert.deepEqual(headers, {
    'x-request-id': 'request-1',
    'x-zendesk-api-version': 'v2',
    'x-frame-options': 'SAMEORIGIN',
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'max-age=0, private, must-revalidate',
    'x-rate-limit': '2500',
    'x-rate-limit-remaining': '2499',
    'ratelimit-limit': '2500',
    'ratelimit-remaining': '2499',
    'ratelimit-reset': '60',
  });
  assert.match(String(etag), /^W\/"[0-9a-f]{32}"$/);
  assert.ok(Array.isArray(cookies));
  const [session, flag] = cookies;
  assert.match(
    session,
    /^_zendesk_shared_session=lamp_zd_[\w-]{50}; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  assert.equal(flag, '_zendesk_authenticated=1; Path=/; SameSite=Lax');
  const cookie = session.split(';')[0];
  const byCookie = await stage.send({ path: `${RENEW}.json`, headers: { cookie } });
  assert.equal(csrfOf(byCookie.body), csrf);
  assert.equal(byCookie.headers['Set-Cookie'], undefined);
});

test('Basic authentication has one session for each person and proof, however many ask', async () => {
  const stage = await openStage();
  const { ada, grace } = stage.people;
  const ask = (authorization: string) => stage.send({ path: RENEW, headers: { authorization } });
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, () => ask(basic('ada@example.com', ada.password))),
    ...Array.from({ length: 20 }, () => ask(basic('ada@example.com/token', API_TOKEN))),
  ]);
  const seen = answers.map(({ body, headers }) => `${csrfOf(body)} ${headers['Set-Cookie']}`);
  const [byPassword, byToken] = [new Set(seen.slice(0, 20)), new Set(seen.slice(20))];
  assert.deepEqual([byPassword.size, byToken.size], [1, 1]);
  assert.equal(new Set(seen).size, 2, 'a token is not handed the cookie of a password');
  const page = await stage.services.sessions.list('alpha', 'ada', 10);
  assert.deepEqual(
    page.sessions.map(({ session }) => session.origin),
    ['zendesk', 'zendesk'],
  );
  const graces = await ask(basic('grace@example.com', grace.password));
  assert.ok(!seen.some((one) => one.startsWith(csrfOf(graces.body))));
});

test('after its end, Basic authentication opens the next one', async () => {
  const stage = await openStage();
  const headers = { authorization: basic('ada@example.com/token', API_TOKEN) };
  const first = csrfOf((await stage.send({ path: RENEW, headers })).body);
  stage.clock.advance(9 * HOUR);
  const second = csrfOf((await stage.send({ path: RENEW, headers })).body);
  assert.notEqual(first, second);
});

test('agents rest for an hour, end users for eight, and all end after two weeks', async () => {
  const api_tokens = [{ token: API_TOKEN }, { token: API_TOKEN, email: 'root@example.com' }];
  const stage = await openStage({ api_tokens });
  for (const [email, idleMs] of [
    ['ada@example.com', 8 * HOUR],
    ['grace@example.com', HOUR],
    ['root@example.com', HOUR],
  ] as const) {
    const headers = { authorization: basic(`${email}/token`, API_TOKEN) };
    await stage.send({ path: RENEW, headers });
    const subject = email.split('@')[0] ?? '';
    const { sessions } = await stage.services.sessions.list('alpha', subject, 1);
    const session = sessions[0]?.session;
    assert.equal(session?.idleMs, idleMs);
    assert.equal(session.endsAt - session.createdAt, 14 * DAY);
  }
});

test('how long agents and end users rest is a setting, from 5 minutes to two weeks', async () => {
  const stage = await openStage({ agent_idle: '5m', end_user_idle: '14d' });
  for (const [name, idleMs] of [
    ['ada', 14 * DAY],
    ['grace', 5 * MINUTE],
  ] as const) {
    const headers = { authorization: basic(`${name}@example.com/token`, API_TOKEN) };
    await stage.send({ path: RENEW, headers });
    const { sessions } = await stage.services.sessions.list('alpha', name, 1);
    assert.equal(sessions[0]?.session.idleMs, idleMs);
  }
  for (const option of ['agent_idle', 'end_user_idle']) {
    for (const value of ['299s', '337h']) {
      assert.equal(schema.safeParse({ [option]: value }).success, false, `${option}: ${value}`);
    }
  }
});

test('resets the idle clock of the session of a cookie, at most once per throttle', async () => {
  const stage = await openStage();
  const { cookie, csrf, session } = await stage.browser();
  const version = async () => (await stage.store.read([sessionKey(session.id)]))[0]?.version;
  const before = await version();
  stage.clock.advance(60 * SECOND);
  await stage.send({ path: RENEW, headers: { cookie } });
  assert.equal(await version(), before, 'nothing was written');
  for (let minute = 1; minute < 100; minute += 25) {
    stage.clock.advance(25 * MINUTE);
    const answer = await stage.send({ path: RENEW, headers: { cookie } });
    assert.equal(csrfOf(answer.body), csrf, 'stable for the life of the session');
    const expires = new Date(stage.clock.now() + 30 * MINUTE).getTime();
    const end = Math.min(expires, session.endsAt);
    const told = String(answer.headers['X-Zendesk-User-Session-Expires-At']);
    assert.equal(told, new Date(end).toISOString().replace('.000Z', 'Z'));
  }
  stage.clock.advance(29 * MINUTE);
  assertUnauthenticated(await stage.send({ path: RENEW, headers: { cookie } }));
});

test('is told to the second when the session ends', async () => {
  const stage = await openStage({ every_request_renews: false });
  const { cookie } = await stage.browser();
  const ask = (path: string) => stage.send({ path, headers: { cookie } });
  const told = (answer: WireAnswer) =>
    Date.parse(String(answer.headers['X-Zendesk-User-Session-Expires-At']));
  // Inside the throttle nothing is written: the end is where it was.
  stage.clock.advance(59 * SECOND);
  const endsAt = told(await ask(RENEW));
  for (const before of [20 * MINUTE, 1 * SECOND]) {
    stage.clock.advance(endsAt - before - stage.clock.now());
    assert.equal(told(await ask(ME)), endsAt);
  }
  stage.clock.advance(1 * SECOND);
  assertUnauthenticated(await ask(`${ME}/session`));
});

test('200 parallel renewals have one authenticity token, and write once per throttle', async () => {
  const stage = await openStage();
  const { cookie, csrf, session } = await stage.browser();
  const version = async () => (await stage.store.read([sessionKey(session.id)]))[0]?.version ?? 0;
  const headers = { cookie };
  for (const [wait, writes] of [
    [30 * SECOND, 0],
    [61 * SECOND, 1],
    [61 * SECOND, 1],
  ] as const) {
    stage.clock.advance(wait);
    const before = await version();
    const asks = Array.from({ length: 200 }, () => stage.send({ path: RENEW, headers }));
    const answers = await Promise.all(asks);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.deepEqual([...new Set(answers.map(({ body }) => csrfOf(body)))], [csrf]);
    assert.equal((await version()) - before, writes);
  }
});

test('renews with the cookie, whatever other requests do', async () => {
  const stage = await openStage({ every_request_renews: false });
  const { cookie } = await stage.browser();
  for (let turn = 0; turn < 3; turn++) {
    stage.clock.advance(29 * MINUTE);
    assert.equal((await stage.send({ path: RENEW, headers: { cookie } })).status, 200);
  }
});

test('the header decides when the cookie comes as well', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  const ask = (authorization: string) =>
    stage.send({ path: RENEW, headers: { cookie, authorization } });
  const mixed = await ask(basic('grace@example.com/token', API_TOKEN));
  assert.notEqual(csrfOf(mixed.body), csrf);
  assertUnauthenticated(await ask(basic('grace@example.com/token', 'wrong')));
});

test('refuses whoever is nobody', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  const { password } = stage.people.ada;
  for (const headers of [
    {},
    { cookie: '_zendesk_shared_session=' },
    { cookie: '_zendesk_authenticated=1' },
    { cookie: cookie.replace('lamp_zd_', 'lamp_rt_') },
    { cookie: `${cookie}x` },
    { cookie: `_zendesk_shared_session=${csrf}` },
    { cookie: `_zendesk_shared_session=lamp_zd_${csrf.slice(-50)}` },
    { cookie: cookie.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A')) },
    { authorization: basic('ada@example.com', 'wrong') },
    { authorization: basic('ada@example.com', API_TOKEN) },
    { authorization: basic('nobody@example.com', password) },
    { authorization: basic('nobody@example.com/token', API_TOKEN) },
    { authorization: basic('ada@example.com/token', password) },
    { authorization: basic('ada@example.com/token', '') },
    { authorization: basic('ada@example.com/TOKEN', API_TOKEN) },
    { authorization: basic('/token', API_TOKEN) },
    { authorization: 'Basic' },
    { authorization: '' },
    { authorization: `Basic ${Buffer.from('no-colon').toString('base64')}` },
    { authorization: 'Digest username="ada"' },
  ]) {
    assertUnauthenticated(await stage.send({ path: RENEW, headers }));
  }
  assert.equal(stage.events.length, 1, 'nothing but the sign-in');
});

test('an API token may be one person’s alone', async () => {
  const api_tokens = [
    { token: 'for-grace', email: 'grace@example.com' },
    { token: 'for-all' },
    { token: 'for-two', email: 'nobody@example.com' },
    { token: 'for-two', email: 'ada@example.com' },
  ];
  const stage = await openStage({ api_tokens });
  const ask = (login: string, token: string) =>
    stage.send({ path: RENEW, headers: { authorization: basic(`${login}/token`, token) } });
  assert.equal((await ask('grace@example.com', 'for-grace')).status, 200);
  assert.equal((await ask('ada@example.com', 'for-all')).status, 200);
  assert.equal((await ask('ADA@example.com', 'for-two')).status, 200);
  assertUnauthenticated(await ask('ada@example.com', 'for-grace'));
  assertUnauthenticated(await ask('grace@example.com', 'for-two'));
});

test('an API token that names nobody is no key to an administrator', async () => {
  for (const [email, isLetIn] of [
    [undefined, false],
    ['grace@example.com', false],
    ['nobody@example.com', false],
    ['ROOT@example.com', true],
  ] as const) {
    const api_tokens = [{ token: 'shared' }, { token: 'own', email }];
    const stage = await openStage({ api_tokens });
    for (const [token, isGood] of [
      ['shared', false],
      ['own', isLetIn],
    ] as const) {
      for (const path of [RENEW, `${ME}/session`]) {
        const headers = { authorization: basic('root@example.com/token', token) };
        const answer = await stage.send({ path, headers });
        if (isGood) assert.equal(answer.status, 200, `${token} of ${email}`);
        else assertUnauthenticated(answer);
      }
    }
    const page = await stage.services.sessions.list('alpha', 'root', 10);
    assert.equal(page.sessions.length, isLetIn ? 1 : 0);
    const { password } = stage.people.root;
    const headers = { authorization: basic('root@example.com', password) };
    assert.equal((await stage.send({ path: RENEW, headers })).status, 200);
  }
});

test('signed out everywhere while the token is checked: not let in', async () => {
  const stage = await openStage();
  const { directory, sessions } = stage.services;
  const find = directory.find.bind(directory);
  directory.find = async (realm, subject) => {
    await sessions.endSubject(realm, subject, { reason: 'password_changed', by: 'user' });
    return find(realm, subject);
  };
  const headers = { authorization: basic('ada@example.com/token', API_TOKEN) };
  assertUnauthenticated(await stage.send({ path: RENEW, headers }));
});

test('an API token does not let in who is no longer active', async () => {
  const stage = await openStage();
  const { directory } = stage.services;
  directory.find = async () => ({ ...stage.people.ada, active: false });
  const headers = { authorization: basic('ada@example.com/token', API_TOKEN) };
  assertUnauthenticated(await stage.send({ path: RENEW, headers }));
});

test('the cookies over https, and as the config says', async () => {
  const stage = await openStage({ same_site: 'None' });
  const headers = { authorization: basic('ada@example.com/token', API_TOKEN) };
  const behindProxy = await openStage({ secure_cookie: true });
  const marked = (await behindProxy.send({ path: RENEW, headers })).headers['Set-Cookie'];
  assert.equal([marked].flat()[1], '_zendesk_authenticated=1; Path=/; Secure; SameSite=Lax');
  const origin = 'https://support.example.com';
  const answer = await stage.send({ path: RENEW, headers, origin });
  const [session, flag] = [answer.headers['Set-Cookie']].flat();
  assert.match(String(session), /; Path=\/; Secure; HttpOnly; SameSite=None$/);
  assert.equal(flag, '_zendesk_authenticated=1; Path=/; Secure; SameSite=None');
  const hsts = answer.headers['strict-transport-security'];
  assert.equal(hsts, 'max-age=31536000; includeSubDomains');
});
