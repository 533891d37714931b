/**
 * The session object and signing out.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { sessionNumber } from './encode.ts';
import { API_TOKEN, assertUnauthenticated, basic, ME, openStage } from './zendesk.testing.ts';

const SESSION = `${ME}/session`;
const LOGOUT = `${ME}/logout`;

test('shows the session of the cookie', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  stage.clock.advance(2 * MINUTE);
  const origin = 'http://support.example.com:3000';
  const answer = await stage.send({ path: SESSION, headers: { cookie }, origin });
  assert.equal(answer.status, 200);
  const { session, ...rest } = JSON.parse(answer.body);
  assert.deepEqual(rest, {});
  assert.deepEqual(session, {
    authenticated_at: '2026-03-01T12:00:00Z',
    id: session.id,
    last_seen_at: '2026-03-01T12:02:00Z',
    url: `${origin}/api/v2/users/${session.user_id}/sessions/${session.id}.json`,
    user_id: session.user_id,
  });
  const names = ['authenticated_at', 'id', 'last_seen_at', 'url', 'user_id'];
  assert.deepEqual(Object.keys(session), names);
  assert.ok(Number.isSafeInteger(session.id) && session.id > 0);
  assert.ok(Number.isSafeInteger(session.user_id) && session.user_id > 0);
  assert.equal(answer.headers['X-Zendesk-User-Id'], String(session.user_id));
  const expires = answer.headers['X-Zendesk-User-Session-Expires-At'];
  assert.equal(expires, '2026-03-01T12:32:00Z');
});

test('numbers are a session’s own, and a person’s own, for ever', async () => {
  const stage = await openStage();
  const browsers = [await stage.browser(), await stage.browser(), await stage.browser('grace')];
  const shown = await Promise.all(
    browsers.map(async ({ cookie }) => {
      const { body } = await stage.send({ path: `${SESSION}.json`, headers: { cookie } });
      return JSON.parse(body).session;
    }),
  );
  const [first, second, graces] = shown;
  assert.equal(new Set(shown.map(({ id }) => id)).size, 3);
  assert.equal(first.user_id, second.user_id);
  assert.notEqual(first.user_id, graces.user_id);
});

test('under Basic authentication shows the one session that it has', async () => {
  const stage = await openStage();
  const headers = { authorization: basic('grace@example.com/token', API_TOKEN) };
  const [one, other] = [
    await stage.send({ path: SESSION, headers }),
    await stage.send({ path: SESSION, headers }),
  ];
  assert.equal(one.body, other.body);
  assert.equal(one.headers['X-Zendesk-User-Id'], undefined);
  assert.equal(one.headers['Set-Cookie'], undefined);
});

test('whether a plain request resets the idle clock is a setting', async () => {
  for (const [every_request_renews, renew, isAlive] of [
    [true, undefined, true],
    [false, undefined, false],
    [false, 'true', true],
    [false, 'false', false],
  ] as const) {
    const stage = await openStage({ every_request_renews });
    const headers = { cookie: (await stage.browser()).cookie, 'X-Zendesk-Renew-Session': renew };
    for (let turn = 0; turn < 2; turn++) {
      stage.clock.advance(29 * MINUTE);
      const { status } = await stage.send({ path: SESSION, headers });
      assert.equal(status, turn === 0 || isAlive ? 200 : 401, `${every_request_renews} ${renew}`);
    }
  }
});

test('logout ends the session of the cookie, and takes the cookies back', async () => {
  const stage = await openStage();
  for (const [method, path] of [
    ['DELETE', LOGOUT],
    ['DELETE', `${LOGOUT}.json`],
    ['GET', LOGOUT],
    ['GET', `${LOGOUT}.json`],
  ] as const) {
    const { cookie, csrf, session } = await stage.browser();
    const headers = { cookie, ...(method === 'DELETE' && { 'X-CSRF-Token': csrf }) };
    const answer = await stage.send({ method, path, headers });
    assert.deepEqual([answer.status, answer.body], [204, '']);
    assert.equal(answer.headers['content-type'], undefined);
    assert.equal(answer.headers['cache-control'], 'no-cache');
    const gone = 'Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    assert.deepEqual(answer.headers['Set-Cookie'], [
      `_zendesk_shared_session=; Path=/; HttpOnly; SameSite=Lax; ${gone}`,
      `_zendesk_authenticated=; Path=/; SameSite=Lax; ${gone}`,
    ]);
    assertUnauthenticated(await stage.send({ path: SESSION, headers: { cookie } }));
    const found = await stage.services.sessions.inspect(session.id);
    assert.deepEqual([found?.end?.reason, found?.end?.by], ['signed_out', 'user']);
  }
});

test('a link on another site signs nobody out', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  for (const path of [LOGOUT, `${LOGOUT}.json`]) {
    for (const site of ['cross-site', 'same-site', 'cross-site, none', '']) {
      const answer = await stage.send({ path, headers: { cookie, 'Sec-Fetch-Site': site } });
      assert.equal(answer.status, 403, site);
      assert.deepEqual(JSON.parse(answer.body), {
        error: { title: 'Forbidden', message: 'You do not have access to this page.' },
      });
      assert.equal(answer.headers['Set-Cookie'], undefined);
      assert.equal((await stage.send({ path: SESSION, headers: { cookie } })).status, 200);
    }
  }
  for (const site of ['same-origin', 'none', undefined]) {
    const { cookie } = await stage.browser();
    const answer = await stage.send({ path: LOGOUT, headers: { cookie, 'Sec-Fetch-Site': site } });
    assert.equal(answer.status, 204, site);
  }
});

test('a HEAD is no way round: browsers send it to other sites like a GET', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  const route = stage.dialect.routes.find(({ path }) => path.endsWith('/:user/logout'));
  for (const [site, status] of [
    ['cross-site', 403],
    ['same-origin', 204],
  ] as const) {
    const headers = { cookie, 'Sec-Fetch-Site': site };
    const wire = wireRequest({ method: 'HEAD', path: LOGOUT, headers });
    const answer = await route?.handle({ ...wire, params: { user: 'me' } });
    assert.equal(answer?.status, status, site);
  }
});

test('every write with the cookie needs the authenticity token of that session', async () => {
  const stage = await openStage();
  const { cookie, csrf: own, session } = await stage.browser();
  const other = await stage.browser();
  const anonymous = JSON.parse((await stage.send({ path: ME })).body).user.authenticity_token;
  const writes = stage.dialect.routes.filter(({ method }) => method !== 'GET');
  assert.ok(writes.length >= 3);
  const wrong = [undefined, '', 'x', other.csrf, cookie.split('=')[1], anonymous, `${own}x`];
  for (const { method, path: pattern } of writes) {
    const path = pattern.replace(':user', 'me').replace(':session', String(sessionNumber(session)));
    for (const csrf of wrong) {
      for (const ask of [
        { headers: { cookie, 'X-CSRF-Token': csrf } },
        { headers: { cookie }, body: new URLSearchParams({ authenticity_token: csrf ?? '' }) },
        // In an address it would be in logs: it does not count there, nor in JSON.
        { headers: { cookie }, query: { authenticity_token: own } },
        { headers: { cookie }, body: { authenticity_token: own } },
        { headers: { cookie, 'X-CSRF-Token': csrf ?? 'x' }, body: formOf(own) },
      ]) {
        const answer = await stage.send({ method, path, ...ask });
        assert.equal(answer.status, 403, `${method} ${path} ${csrf}`);
        const { error } = JSON.parse(answer.body);
        assert.equal(error.code, 'invalid_authenticity_token');
        assert.equal(error.title, 'Forbidden');
        assert.equal(typeof error.message, 'string');
      }
    }
    assert.equal((await stage.send({ path: SESSION, headers: { cookie } })).status, 200);
  }
  const inForm = { method: 'DELETE', path: LOGOUT, headers: { cookie }, body: formOf(own) };
  assert.equal((await stage.send(inForm)).status, 204);
});

const formOf = (csrf: string) => new URLSearchParams({ authenticity_token: csrf });

test('one session of many is found by its number, until it ends', async () => {
  const stage = await openStage();
  const browsers = [];
  for (let each = 0; each < 230; each++) browsers.push(await stage.browser());
  const { cookie, csrf } = browsers[0] ?? assert.fail();
  const last = browsers.at(-1) ?? assert.fail();
  const path = `${ME}/sessions/${sessionNumber(last.session)}.json`;
  const headers = { cookie, 'X-CSRF-Token': csrf };
  const shown = await stage.send({ path, headers });
  assert.equal(JSON.parse(shown.body).session.id, sessionNumber(last.session));
  assert.equal((await stage.send({ method: 'DELETE', path, headers })).status, 204);
  for (const method of ['GET', 'DELETE']) {
    const answer = await stage.send({ method, path, headers });
    assert.equal(answer.status, 404);
    assert.equal(answer.body, '{"error":"RecordNotFound","description":"Not found"}');
    assert.equal(answer.headers['cache-control'], 'no-cache');
  }
  assertUnauthenticated(await stage.send({ path: SESSION, headers: { cookie: last.cookie } }));
  assert.equal((await stage.send({ path: SESSION, headers })).status, 200);
});

test('deleting all of somebody’s sessions ends those at every door, and nobody else’s', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser('ada');
  const app = await stage.bearer('ada', { offline: true });
  const grace = await stage.browser('grace');
  const headers = { cookie, 'X-CSRF-Token': csrf };
  const answer = await stage.send({ method: 'DELETE', path: `${ME}/sessions.json`, headers });
  assert.deepEqual([answer.status, answer.body], [204, '']);
  assertUnauthenticated(await stage.send({ path: SESSION, headers: { cookie } }));
  const { authorization } = app;
  assert.equal((await stage.send({ path: ME, headers: { authorization } })).status, 401);
  const left = await stage.send({ path: SESSION, headers: { cookie: grace.cookie } });
  assert.equal(left.status, 200);
});

test('the session is an object, or an array of one, as the config says', async () => {
  for (const [session_member, isArray] of [
    ['object', false],
    ['array', true],
  ] as const) {
    const stage = await openStage({ session_member });
    const { cookie, session } = await stage.browser();
    for (const path of [SESSION, `${ME}/sessions/${sessionNumber(session)}`]) {
      const shown = JSON.parse((await stage.send({ path, headers: { cookie } })).body).session;
      assert.equal(Array.isArray(shown), isArray);
      assert.equal([shown].flat()[0].id, sessionNumber(session));
    }
  }
});

test('logout has no effect under Basic authentication', async () => {
  const stage = await openStage();
  const headers = { authorization: basic('ada@example.com', stage.people.ada.password) };
  const before = await stage.send({ path: SESSION, headers });
  const answer = await stage.send({ method: 'DELETE', path: LOGOUT, headers });
  assert.deepEqual([answer.status, answer.headers['Set-Cookie']], [204, undefined]);
  assert.equal((await stage.send({ path: SESSION, headers })).body, before.body);
});

test('a session of another realm is given no cookie', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const ask = { realm: 'beta', subject: 'ada', epoch: 0, origin: 'native' };
  const opened = await stage.services.sessions.open(ask);
  assert.ok(!('refused' in opened));
  const portal = { application: null, device: null, origin: '' };
  assert.ok('fault' in (await stage.dialect.credential(opened.session, portal)));
});
