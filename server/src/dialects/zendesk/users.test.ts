/**
 * Who one is, where pages find the authenticity token, and answers that a client has already.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { API_TOKEN, assertUnauthenticated, basic, ME, openStage } from './zendesk.testing.ts';

const HELP_CENTER = '/api/v2/help_center/sessions';

test('shows who one is', async () => {
  const stage = await openStage();
  for (const [name, role] of [
    ['ada', 'end-user'],
    ['grace', 'agent'],
    ['root', 'admin'],
  ] as const) {
    const { cookie, csrf } = await stage.browser(name);
    const origin = 'https://support.example.com';
    const answer = await stage.send({ path: `${ME}.json`, origin, headers: { cookie } });
    const { number, names } = stage.people[name];
    const user = {
      id: number,
      url: `${origin}/api/v2/users/${number}.json`,
      name: names.en,
      email: `${name}@example.com`,
      phone: null,
      role,
      active: true,
    };
    assert.deepEqual(JSON.parse(answer.body), { user: { ...user, authenticity_token: csrf } });
    const path = user.url.slice(origin.length);
    const again = await stage.send({ path, origin, headers: { cookie } });
    assert.deepEqual(JSON.parse(again.body), { user }, 'its own address leads to it');
  }
});

test('pages of the help centre get the token of their session', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  for (const path of [HELP_CENTER, `${HELP_CENTER}.json`]) {
    const { body } = await stage.send({ path, headers: { cookie } });
    assert.deepEqual(JSON.parse(body), { current_session: { csrf_token: csrf } });
  }
});

test('whoever claims nothing is anonymous', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  stage.clock.advance(31 * MINUTE);
  const told = new Set<string>();
  for (const headers of [{}, { cookie }, { cookie: '_zendesk_shared_session=x' }]) {
    const { user } = JSON.parse((await stage.send({ path: ME, headers })).body);
    assert.deepEqual([user.id, user.name, user.role], [null, 'Anonymous user', 'end-user']);
    told.add(user.authenticity_token);
    const { body } = await stage.send({ path: HELP_CENTER, headers });
    told.add(JSON.parse(body).current_session.csrf_token);
  }
  const [token] = told;
  assert.ok(told.size === 1 && token && token !== csrf);
});

test('whoever claims to be somebody, and is not, is not anonymous', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  for (const path of [ME, HELP_CENTER]) {
    for (const authorization of [
      basic('ada@example.com', 'wrong'),
      basic('ada@example.com/token', 'wrong'),
      'Basic',
      'Digest x',
    ]) {
      assertUnauthenticated(await stage.send({ path, headers: { authorization, cookie } }));
    }
  }
});

test('asking who one is opens no session', async () => {
  const stage = await openStage();
  const headers = { authorization: basic('ada@example.com/token', API_TOKEN) };
  const answer = await stage.send({ path: ME, headers });
  assert.equal(JSON.parse(answer.body).user.email, 'ada@example.com');
  assert.equal(answer.headers['Set-Cookie'], undefined);
  assert.deepEqual((await stage.services.sessions.list('alpha', 'ada', 1)).sessions, []);
});

test('what a client has already is not sent again', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  const paths = ['/session', '/session/renew', '/sessions', '', '/sessions?page[size]=1'];
  for (const path of paths) {
    const ask = { path: ME + path, headers: { cookie } };
    const { headers, body } = await stage.send(ask);
    const etag = String(headers.etag);
    assert.match(etag, /^W\/"[0-9a-f]{32}"$/);
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
      const again = await stage.send({ ...ask, headers: { cookie, 'If-None-Match': known } });
      assert.deepEqual([again.status, again.body, again.headers.etag], [304, '', etag]);
      assert.equal(again.headers['content-type'], undefined);
      assert.ok(again.headers['X-Zendesk-User-Id']);
    }
    for (const other of ['"x"', etag.replace(/..$/, 'x"'), 'W/', '']) {
      const full = await stage.send({ ...ask, headers: { cookie, 'If-None-Match': other } });
      assert.deepEqual([full.status, full.body], [200, body]);
    }
    stage.clock.advance(2 * MINUTE);
  }
  const before = await tag();
  stage.clock.advance(2 * MINUTE);
  assert.notEqual(await tag(), before, 'another answer has another tag');

  async function tag() {
    return (await stage.send({ path: `${ME}/session`, headers: { cookie } })).headers.etag;
  }
});

test('an error, and an answer without a body, have no tag', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  const headers = { cookie, 'X-CSRF-Token': csrf, 'If-None-Match': '*' };
  const missing = await stage.send({ path: `${ME}/sessions/1`, headers });
  assert.deepEqual([missing.status, missing.headers.etag], [404, undefined]);
  const gone = await stage.send({ method: 'DELETE', path: `${ME}/logout`, headers });
  assert.deepEqual([gone.status, gone.headers.etag], [204, undefined]);
});
