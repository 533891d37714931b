/**
 * Signing in when there is a session already, and without wanting one.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import {
  assertError,
  assertNoCookie,
  BASE,
  bodyOf,
  COOKIE,
  filled,
  loginAsk,
  openStage,
  post,
  service,
} from './forgerock.testing.ts';
import { shape } from './shape.ts';

test('without a session: the password is checked, and that is all', async () => {
  const stage = await openStage();
  const { headers } = loginAsk('ada', stage.people.ada.password);
  const answer = await post(stage, '?noSession=true', { headers });
  assert.equal(
    answer.body,
    '{"message":"Authentication Successful","successUrl":"/am/console","realm":"/alpha"}',
  );
  assertNoCookie(answer);
  const body = filled(await post(stage, '?noSession=TRUE'), 'ada', stage.people.ada.password);
  const second = await post(stage, '', { body });
  assert.equal(bodyOf(second).message, 'Authentication Successful');
  const wrong = await post(stage, '?noSession=true', loginAsk('ada', 'wrong'));
  assertError(wrong, 401, 'Login failure');
  const { sessions } = await stage.services.sessions.list('alpha', 'ada', 10);
  assert.deepEqual(sessions, []);
});

test('whoever has a session is asked nothing', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const headers = { Cookie: `other=1; ${COOKIE}=${tokenId}` };
  for (const query of ['', service('Login')]) {
    const hidden = await post(stage, query, { headers });
    const body = { tokenId: '', successUrl: '/am/console', realm: '/alpha' };
    assert.deepEqual(bodyOf(hidden), body, 'the cookie is out of reach of scripts');
    assert.match(String(hidden.headers['Set-Cookie']), new RegExp(`${COOKIE}=.{70};`));
  }
  const named = await post(stage, `?sessionUpgradeSSOTokenId=${encodeURIComponent(tokenId)}`);
  assert.equal(bodyOf(named).tokenId, tokenId);
  const { sessions } = await stage.services.sessions.list('alpha', 'ada', 10);
  assert.equal(sessions.length, 1);
});

test('no form of another site signs a browser in as somebody else', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const query = { sessionUpgradeSSOTokenId: tokenId };
  const path = `${BASE}/authenticate`;
  const forged = await stage.send({ method: 'POST', path, query });
  assert.equal(bodyOf(forged).tokenId, tokenId);
  assertNoCookie(forged);
  // A browser asks first whether it may send a password like that.
  const again = { ...query, ForceAuth: 'true' };
  const { headers } = loginAsk('ada', stage.people.ada.password);
  const signedIn = await stage.send({ method: 'POST', path, query: again, headers });
  assert.match(String(signedIn.headers['Set-Cookie']), /^iPlanetDirectoryPro=/);
});

test('the body holds the token always, where the config says so', async () => {
  const stage = await openStage({ http_only_body: 'always' });
  const tokenId = await stage.login();
  const headers = { Cookie: `${COOKIE}=${tokenId}` };
  assert.equal(bodyOf(await post(stage, '', { headers })).tokenId, tokenId);
  const body = filled(
    await post(stage, '?ForceAuth=true', { headers }),
    'ada',
    stage.people.ada.password,
  );
  assert.equal(bodyOf(await post(stage, '', { headers, body })).tokenId, tokenId);
});

test('a cookie that is stale is no session', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  await stage.act('logout', tokenId);
  for (const value of [tokenId, 'garbage']) {
    const asked = await post(stage, '', { headers: { Cookie: `${COOKIE}=${value}` } });
    assert.equal(typeof bodyOf(asked).authId, 'string');
  }
  const named = await post(stage, `?sessionUpgradeSSOTokenId=${encodeURIComponent(tokenId)}`);
  assertError(named, 400, 'Session upgrade failed');
});

test('ForceAuth asks again, and keeps the session', async () => {
  const stage = await openStage({ http_only_body: 'always' });
  const tokenId = await stage.login();
  stage.clock.advance(5 * MINUTE);
  const headers = { Cookie: `${COOKIE}=${tokenId}` };
  const asked = await post(stage, '?ForceAuth=true', { headers });
  const wrong = await post(stage, '', { headers, body: filled(asked, 'ada', 'wrong') });
  assertError(wrong, 401, 'Login failure');
  const token = shape.read(tokenId);
  assert.ok(token);
  const before = await stage.services.sessions.look(token, 'alpha');
  assert.ok('session' in before);
  const again = await post(stage, '?ForceAuth=true', { headers });
  const body = filled(again, 'ada', stage.people.ada.password);
  assert.equal(bodyOf(await post(stage, '', { headers, body })).tokenId, tokenId);
  const after = await stage.services.sessions.look(token, 'alpha');
  assert.ok('session' in after);
  assert.equal(after.session.authenticatedAt, stage.clock.now());
  assert.equal(before.session.authenticatedAt, stage.clock.now() - 5 * MINUTE);
  assert.equal(after.session.endsAt, before.session.endsAt);
  const { sessions } = await stage.services.sessions.list('alpha', 'ada', 10);
  assert.equal(sessions.length, 1);
});

test('another person does not take a session over', async () => {
  const stage = await openStage();
  const headers = { Cookie: `${COOKIE}=${await stage.login()}` };
  const asked = await post(stage, '?ForceAuth=true', { headers });
  const body = filled(asked, 'grace', stage.people.grace.password);
  const answer = await post(stage, '', { headers, body });
  const message = 'Session Upgrade fails since user is different than original authenticated user';
  assertError(answer, 400, message);
  const { sessions } = await stage.services.sessions.list('alpha', 'grace', 10);
  assert.deepEqual(sessions, []);
});

test('another journey than that of the session is walked', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const headers = { Cookie: `${COOKIE}=${tokenId}` };
  const asked = await post(stage, service('PasswordGrant'), { headers });
  const body = filled(asked, 'ada', stage.people.ada.password);
  const answer = await post(stage, '', { headers, body });
  assert.match(String(answer.headers['Set-Cookie']), /^iPlanetDirectoryPro=/);
  assert.ok(String(answer.headers['Set-Cookie']).includes(tokenId), 'the session is kept');
  for (const name of ['Login', 'PasswordGrant']) {
    assert.equal(bodyOf(await post(stage, service(name), { headers })).authId, undefined, name);
  }
});

test('a session that ended while its owner typed makes way for a new one', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const headers = { Cookie: `${COOKIE}=${tokenId}` };
  const asked = await post(stage, '?ForceAuth=true', { headers });
  await stage.act('logout', tokenId);
  const body = filled(asked, 'ada', stage.people.ada.password);
  const answer = await post(stage, '', { headers, body });
  const fresh = String(bodyOf(answer).tokenId);
  assert.notEqual(fresh, tokenId);
  assert.equal((await stage.act('getSessionInfo', fresh)).status, 200);
});

test('so does one that ended while the password was checked', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const headers = { Cookie: `${COOKIE}=${tokenId}` };
  const asked = await post(stage, '?ForceAuth=true', { headers });
  const { directory } = stage.services;
  const { authenticate } = directory;
  directory.authenticate = async (...ask) => {
    await stage.act('logout', tokenId);
    return authenticate(...ask);
  };
  const body = filled(asked, 'ada', stage.people.ada.password);
  const fresh = String(bodyOf(await post(stage, '', { headers, body })).tokenId);
  assert.equal((await stage.act('getSessionInfo', fresh)).status, 200);
});
