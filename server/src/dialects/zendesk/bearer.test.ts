/**
 * Applications with an access token, and administrators who speak for others.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR, MINUTE } from '../../engine/engine.testing.ts';
import { sessionNumber } from './encode.ts';
import { API_TOKEN, basic, ME, openStage } from './zendesk.testing.ts';

const RENEW = `${ME}/session/renew`;
const OWN_TOKEN = { api_tokens: [{ token: API_TOKEN, email: 'root@example.com' }] };

const INVALID_TOKEN = {
  error: 'invalid_token',
  error_description:
    'The access token provided is expired, revoked, malformed or invalid for other reasons.',
};

test('an access token stands for the person and the session behind it', async () => {
  const stage = await openStage();
  const { authorization, session } = await stage.bearer('grace');
  const text = authorization.slice('Bearer '.length);
  for (const ask of [
    { headers: { authorization } },
    { headers: { authorization: ` bearer  ${text}` } },
    { headers: {}, query: { access_token: text } },
    // What is said aloud decides, not the cookie that came along.
    { headers: { cookie: (await stage.browser()).cookie }, query: { access_token: text } },
  ]) {
    const shown = await stage.send({ path: `${ME}/session.json`, ...ask });
    assert.equal(shown.status, 200, shown.body);
    assert.equal(JSON.parse(shown.body).session.id, sessionNumber(session));
    const me = JSON.parse((await stage.send({ path: ME, ...ask })).body).user;
    assert.deepEqual([me.email, me.id], ['grace@example.com', stage.people.grace.number]);
    const list = JSON.parse((await stage.send({ path: `${ME}/sessions`, ...ask })).body);
    assert.equal(list.count, 1);
  }
});

test('renewing with an access token resets the idle clock of its session, and hands out no door', async () => {
  const stage = await openStage();
  const { authorization, session } = await stage.bearer();
  const told = new Set<string>();
  for (let turn = 0; turn < 3; turn++) {
    stage.clock.advance(29 * MINUTE);
    const answer = await stage.send({ path: RENEW, headers: { authorization } });
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.headers['Set-Cookie'], undefined);
    told.add(JSON.parse(answer.body).authenticity_token);
  }
  const { cookie, csrf: own } = await stage.doorTo(session);
  const [csrf] = told;
  assert.ok(told.size === 1 && csrf && csrf !== own);
  for (const path of [ME, '/api/v2/help_center/sessions']) {
    const { body } = await stage.send({ path, headers: { authorization } });
    assert.ok(!body.includes(own), 'the browser’s own is not for applications');
  }
  // An application's page cannot write in its user's browser with what the application was told.
  for (const path of [`${ME}/logout`, `${ME}/sessions`]) {
    const forged = { cookie, 'X-CSRF-Token': csrf };
    const answer = await stage.send({ method: 'DELETE', path, headers: forged });
    assert.equal(answer.status, 403);
  }
});

test('other requests with an access token leave the idle clock alone', async () => {
  const stage = await openStage();
  const { authorization } = await stage.bearer();
  for (const [path, status] of [
    [`${ME}/session`, 200],
    [`${ME}/session`, 401],
  ] as const) {
    stage.clock.advance(16 * MINUTE);
    assert.equal((await stage.send({ path, headers: { authorization } })).status, status);
  }
});

test('without the scope, an access token reads or writes nothing', async () => {
  const stage = await openStage();
  const { routes } = stage.dialect;
  for (const { method, path: pattern } of routes) {
    const path = pattern.replaceAll(/:\w+/g, 'me');
    for (const scope of [[], ['openid'], [method === 'GET' ? 'write' : 'read'], ['reader', 'w']]) {
      const { authorization } = await stage.bearer('root', { scope });
      const answer = await stage.send({ method, path, headers: { authorization } });
      assert.equal(answer.status, 403, `${method} ${path} ${scope}`);
      const { error } = JSON.parse(answer.body);
      const needed = method === 'GET' ? 'read' : 'write';
      const message = `The access token does not have the scope ${needed}.`;
      assert.deepEqual(error, { title: 'Forbidden', message });
    }
  }
});

test('a write with an access token needs no authenticity token, logging out has no effect', async () => {
  const stage = await openStage();
  const { authorization, session } = await stage.bearer();
  const headers = { authorization };
  const logout = { method: 'DELETE', path: `${ME}/logout`, headers };
  assert.equal((await stage.send(logout)).status, 204);
  assert.equal((await stage.send({ path: `${ME}/session`, headers })).status, 200);
  const path = `${ME}/sessions/${sessionNumber(session)}`;
  assert.equal((await stage.send({ method: 'DELETE', path, headers })).status, 204);
  const answer = await stage.send({ path: `${ME}/session`, headers });
  assert.equal(answer.status, 401);
  assert.deepEqual(JSON.parse(answer.body), INVALID_TOKEN);
});

test('an access token that outlives its session has no current one', async () => {
  const stage = await openStage();
  const { authorization } = await stage.bearer('ada', { offline: true });
  stage.clock.advance(3 * HOUR);
  const headers = { authorization };
  for (const path of [`${ME}/session`, RENEW]) {
    const answer = await stage.send({ path, headers });
    assert.equal(answer.status, 404);
    assert.equal(answer.body, '{"error":"RecordNotFound","description":"Not found"}');
  }
  const me = await stage.send({ path: ME, headers });
  assert.equal(JSON.parse(me.body).user.email, 'ada@example.com');
});

test('refuses what is no access token', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  const token = cookie.split('=')[1] ?? '';
  for (const text of ['abc', token, 'access-', `access-${'0'.repeat(16)}`]) {
    for (const ask of [
      { headers: { authorization: `Bearer ${text}` } },
      { headers: {}, query: { access_token: text } },
    ]) {
      for (const path of [RENEW, ME, '/api/v2/sessions', '/api/v2/help_center/sessions']) {
        const answer = await stage.send({ path, ...ask });
        assert.equal(answer.status, 401);
        assert.deepEqual(JSON.parse(answer.body), INVALID_TOKEN);
      }
    }
  }
});

test('an administrator speaks for a person, and gets no session of theirs', async () => {
  const stage = await openStage(OWN_TOKEN);
  const { session } = await stage.browser('ada');
  const app = await stage.bearer('root', { scope: ['read', 'write', 'impersonate'] });
  for (const authorization of [
    basic('root@example.com', stage.people.root.password),
    basic('root@example.com/token', API_TOKEN),
    app.authorization,
  ]) {
    const headers = { authorization, 'X-On-Behalf-Of': 'ada@example.com' };
    const me = JSON.parse((await stage.send({ path: ME, headers })).body).user;
    assert.equal(me.email, 'ada@example.com');
    const list = JSON.parse((await stage.send({ path: '/api/v2/sessions', headers })).body);
    assert.deepEqual(
      list.sessions.map(({ id }: { id: number }) => id),
      [sessionNumber(session)],
    );
    for (const path of [`${ME}/session`, RENEW]) {
      const answer = await stage.send({ path, headers });
      assert.deepEqual([answer.status, answer.headers['Set-Cookie']], [404, undefined]);
    }
    const other = `/api/v2/users/${stage.people.grace.number}/sessions`;
    assert.equal((await stage.send({ path: other, headers })).status, 404, 'as ada would see');
    const logout = { method: 'DELETE', path: `${ME}/logout`, headers };
    assert.equal((await stage.send(logout)).status, 204);
  }
  const { sessions } = await stage.services.sessions.live('alpha', 'ada', 10);
  assert.equal(sessions.length, 1, 'none was opened, none was ended');
  const headers = { authorization: app.authorization, 'X-On-Behalf-Of': 'ada' };
  const path = `${ME}/sessions`;
  assert.equal((await stage.send({ method: 'DELETE', path, headers })).status, 204);
  const found = await stage.services.sessions.inspect(session.id);
  assert.deepEqual([found?.end?.reason, found?.end?.by], ['ended_by_administrator', 'admin']);
});

test('an application speaks for others within its scope', async () => {
  const stage = await openStage();
  const { session } = await stage.browser('ada');
  for (const [scope, method, needed] of [
    [['impersonate'], 'GET', 'read'],
    [['impersonate', 'write'], 'GET', 'read'],
    [['impersonate', 'read'], 'DELETE', 'write'],
  ] as const) {
    const { authorization } = await stage.bearer('root', { scope });
    const headers = { authorization, 'X-On-Behalf-Of': 'ada@example.com' };
    const answer = await stage.send({ method, path: `${ME}/sessions`, headers });
    assert.equal(answer.status, 403, `${method} with ${scope}`);
    const message = `The access token does not have the scope ${needed}.`;
    assert.deepEqual(JSON.parse(answer.body).error, { title: 'Forbidden', message });
  }
  assert.equal((await stage.services.sessions.inspect(session.id))?.end, null);
});

test('nobody else speaks for others', async () => {
  const stage = await openStage();
  const root = basic('root@example.com', stage.people.root.password);
  const { cookie } = await stage.browser('root');
  const { authorization } = await stage.bearer('root');
  for (const [headers, status] of [
    [{ authorization: basic('grace@example.com', stage.people.grace.password) }, 403],
    [{ authorization: basic('ada@example.com/token', API_TOKEN) }, 403],
    [{ cookie }, 403],
    [{ authorization }, 403],
    [{ authorization: root, 'X-On-Behalf-Of': 'nobody@example.com' }, 404],
    [{ authorization: basic('root@example.com', 'wrong') }, 401],
    [{}, 401],
  ] as const) {
    const path = `${ME}/session`;
    const all = { 'X-On-Behalf-Of': 'ada@example.com', ...headers };
    const answer = await stage.send({ path, headers: all });
    assert.equal(answer.status, status, JSON.stringify(headers));
  }
});
