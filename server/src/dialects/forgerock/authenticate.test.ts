/**
 * Signing in: who is let in, and that every failure looks alike.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
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
    'Set-Cookie': `iPlanetDirectoryPro=${tokenId}; Path=/; HttpOnly`,
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
  assert.equal(page.sessions.length, 2);
});

test('the cookie is Secure over https, and when the config says so', async () => {
  for (const [config, origin] of [
    [{}, 'https://am.example.com'],
    [{ secure_cookie: true }, 'http://127.0.0.1:8080'],
  ] as const) {
    const stage = await openStage({}, { ...config, cookie_name: '6ac6499e9da2071' });
    const answer = await stage.send({ ...loginAsk('ada', stage.people.ada.password), origin });
    const { tokenId } = bodyOf(answer);
    const cookie = `6ac6499e9da2071=${tokenId}; Path=/; Secure; HttpOnly; SameSite=None`;
    assert.equal(answer.headers['Set-Cookie'], cookie);
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
    ['', right],
    ['ada', ''],
    ['ada', ` ${right}`],
    ['ada', 'x'.repeat(70_000)],
    ['=?UTF-8?B?AA==?=', right],
    ['=?no-such-charset?B?YWRh?=', right],
  ] as const) {
    const answer = await stage.send(loginAsk(username, password));
    assertError(answer, 401, 'Login failure');
  }
  const nothing = await stage.send({ method: 'POST', path: `${BASE}/authenticate` });
  assertError(nothing, 401, 'Login failure');
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
