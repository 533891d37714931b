/**
 * Signing in with two headers: who is let in, and that every failure looks alike.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { assertError, BASE, bodyOf, loginAsk, openStage } from './forgerock.testing.ts';
import { shape } from './shape.ts';

test('signs in with two headers', async () => {
  const stage = await openStage();
  const answer = await stage.send(loginAsk('ada', stage.people.ada.password));
  assert.equal(answer.status, 200);
  const { tokenId, ...rest } = bodyOf(answer);
  assert.deepEqual(rest, { successUrl: '/am/console', realm: '/alpha' });
  assert.deepEqual(Object.keys(bodyOf(answer)), ['tokenId', 'successUrl', 'realm']);
  assert.deepEqual(answer.headers, {
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'private',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    Expires: '0',
    Pragma: 'no-cache',
    'Content-Type': 'application/json',
    'Content-API-Version': 'resource=2.1',
    'Set-Cookie': [
      `iPlanetDirectoryPro=${tokenId}; Path=/; HttpOnly`,
      'amlbcookie=01; Path=/; HttpOnly',
    ],
  });
  const token = shape.read(String(tokenId));
  assert.ok(token);
  const found = await stage.services.sessions.look(token, 'alpha');
  assert.ok(!('refused' in found));
  assert.equal(found.session.subject, 'ada');
  assert.equal(found.session.origin, 'forgerock');
});

test('takes the e-mail address, an empty JSON object, and a trailing slash', async () => {
  const stage = await openStage();
  const ask = loginAsk('ADA@example.com', stage.people.ada.password);
  const answer = await stage.send({ ...ask, path: `${BASE}/authenticate/`, body: '{}' });
  assert.equal(answer.status, 200);
});

test('each sign-in is a session of its own', async () => {
  const stage = await openStage();
  assert.notEqual(await stage.login(), await stage.login());
  const page = await stage.services.sessions.list('alpha', 'ada', 10);
  const methods = page.sessions.map(({ session }) => session.methods);
  assert.deepEqual(methods, [['pwd'], ['pwd']]);
});

test('the cookie is Secure over https, and when the config says so', async () => {
  for (const [config, origin] of [
    [{}, 'https://am.example.com'],
    [{ secure_cookie: true }, 'http://127.0.0.1:8080'],
  ] as const) {
    const stage = await openStage({ ...config, cookie_name: '6ac6499e9da2071' });
    const answer = await stage.send({ ...loginAsk('ada', stage.people.ada.password), origin });
    const { tokenId } = bodyOf(answer);
    const traits = 'Path=/; Secure; HttpOnly; SameSite=None';
    assert.deepEqual(answer.headers['Set-Cookie'], [
      `6ac6499e9da2071=${tokenId}; ${traits}`,
      `amlbcookie=01; ${traits}`,
    ]);
  }
});

for (const [what, username, password] of [
  ['base64', '=?UTF-8?B?2KLYr9in?=', '=?UTF-8?B?2qnZhNuM2K8g2LHZiNi02YbYpw==?='],
  [
    'quoted',
    '=?utf-8?q?=D8=A2=D8=AF=D8=A7?=',
    '=?utf-8?b?2qnZhNuM2K8g?= =?utf-8?b?2LHZiNi02YbYpw==?=',
  ],
  ['plain UTF-8', utf8('آدا'), utf8('کلید روشنا')],
] as const) {
  test(`reads a name and a password in ${what}`, async () => {
    const stage = await openStage();
    await stage.services.directory.add({ realm: 'alpha', username: 'آدا', password: 'کلید روشنا' });
    const answer = await stage.send(loginAsk(username, password));
    assert.equal(answer.status, 200, answer.body);
  });
}

/** UTF-8 as Node hands out the bytes of a header. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

test('every failure is the same answer, without a cookie', async () => {
  const stage = await openStage();
  const right = stage.people.ada.password;
  for (const [username, password] of [
    ['ada', 'wrong'],
    ['nobody', right],
    ['ada', ` ${right}`],
    ['ada', 'x'.repeat(70_000)],
    ['=?UTF-8?B?AA==?=', right],
    ['=?no-such-charset?B?YWRh?=', right],
  ] as const) {
    const answer = await stage.send(loginAsk(username, password));
    assertError(answer, 401, 'Login failure');
  }
  assert.deepEqual(stage.events, []);
});

test('refuses what is no JSON, and another content type', async () => {
  const stage = await openStage();
  const ask = loginAsk('ada', stage.people.ada.password);
  const invalid = 'The request could not be processed because the provided content is not ';
  assertError(await stage.send({ ...ask, body: '{' }), 400, `${invalid}valid JSON`);
  for (const body of ['""', 'null', '[]']) {
    assert.equal(
      (await stage.send({ ...ask, body })).status,
      200,
      `axios sends ${body} for nothing`,
    );
  }
  const headers = { ...ask.headers, 'Content-Type': 'text/plain' };
  assertError(await stage.send({ ...ask, headers, body: '{}' }), 415, 'Unsupported Media Type');
  assert.equal((await stage.send({ ...ask, headers })).status, 200);
});

test('says that an account is locked, and to whom', async () => {
  const stage = await openStage({}, { lockout: { failures: 3 } });
  const right = stage.people.ada.password;
  const send = (password: string, address?: string) =>
    stage.send({ ...loginAsk('ada', password), ...(address && { address }) });
  for (let guess = 0; guess < 3; guess++) assertError(await send('wrong'), 401, 'Login failure');
  assertError(await send(right), 401, 'Your account has been locked.');
  assert.equal((await send(right, '192.0.2.7')).status, 200);
  stage.clock.advance(16 * MINUTE);
  assert.equal((await send(right)).status, 200);
});

test('an unknown name is locked as well as a known one', async () => {
  const stage = await openStage({}, { lockout: { failures: 1 } });
  for (const name of ['ada', 'nobody']) {
    assertError(await stage.send(loginAsk(name, 'wrong')), 401, 'Login failure');
    assertError(await stage.send(loginAsk(name, 'wrong')), 401, 'Your account has been locked.');
  }
});

test('a password that is too old is no better than a wrong one', async () => {
  const stage = await openStage({}, { passwordAge: { maxMs: MINUTE } });
  const ask = loginAsk('ada', stage.people.ada.password);
  assert.equal((await stage.send(ask)).status, 200);
  stage.clock.advance(MINUTE + 1);
  assertError(await stage.send(ask), 401, 'Login failure');
});

test('one session too many is refused where the realm says so', async () => {
  const quota = { sessions: 1, whenReached: 'deny' } as const;
  const stage = await openStage({ failure_url: 'https://example.com/no' }, { policy: { quota } });
  const tokenId = await stage.login();
  const answer = await stage.send(loginAsk('ada', stage.people.ada.password));
  assert.equal(answer.status, 401);
  assert.deepEqual(bodyOf(answer), {
    code: 401,
    reason: 'Unauthorized',
    message: 'You have reached your session limit.',
    detail: { failureUrl: 'https://example.com/no' },
  });
  assert.equal((await stage.act('getSessionInfo', tokenId)).status, 200);
});

test('version 1 has errors of its own', async () => {
  const stage = await openStage({ failure_url: '/failed' });
  const ask = loginAsk('ada', 'wrong');
  const headers = { ...ask.headers, 'Accept-API-Version': 'resource=1.0' };
  const wrong = await stage.send({ ...ask, headers });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.body, '{"errorMessage":"Login failure","failureUrl":"/failed"}');
  assert.equal(wrong.headers['Content-API-Version'], 'resource=1.2');
  const unknown = await stage.send({
    ...ask,
    headers,
    query: { authIndexType: 'service', authIndexValue: 'Nope' },
  });
  assert.equal(unknown.status, 400);
  assert.equal(unknown.body, '{"errorMessage":"No Configuration found"}');
  const old = { ...loginAsk('ada', stage.people.ada.password) };
  const right = await stage.send({
    ...old,
    headers: { ...old.headers, 'Accept-API-Version': 'resource=1.2' },
  });
  assert.deepEqual(Object.keys(bodyOf(right)), ['tokenId', 'successUrl', 'realm']);
});

test("what browsers and AM's own pages send along is ignored", async () => {
  const stage = await openStage();
  const ask = loginAsk('ada', stage.people.ada.password);
  const more = { 'X-Username': 'anonymous', 'X-Password': 'anonymous', 'X-NoSession': 'true' };
  const Authorization = 'Bearer stale';
  const answer = await stage.send({ ...ask, headers: { ...ask.headers, ...more, Authorization } });
  assert.equal(typeof bodyOf(answer).tokenId, 'string');
});
