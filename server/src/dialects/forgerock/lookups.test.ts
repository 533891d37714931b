/**
 * What clients ask beside sessions: the server's own settings, and whose session it is.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { assertError, BASE, bodyOf, COOKIE, openStage } from './forgerock.testing.ts';

test('serverinfo tells everybody the name of the cookie', async () => {
  const stage = await openStage({ cookie_name: '6ac6499e9da2071', secure_cookie: true });
  for (const path of [`${BASE}/serverinfo/*`, `${BASE}/serverinfo/%2A`]) {
    const answer = await stage.send({ path, headers: { 'Accept-API-Version': 'resource=1.1' } });
    assert.equal(answer.status, 200);
    const { _rev, ...info } = bodyOf(answer);
    assert.match(String(_rev), /^\d+$/);
    assert.equal(answer.headers.ETag, `"${_rev}"`);
    assert.deepEqual(info, {
      _id: '*',
      domains: [],
      protectedUserAttributes: ['telephoneNumber', 'mail'],
      cookieName: '6ac6499e9da2071',
      secureCookie: true,
      forgotPassword: 'false',
      forgotUsername: 'false',
      kbaEnabled: 'false',
      selfRegistration: 'false',
      lang: 'en-US',
      successfulUserRegistrationDestination: 'default',
      socialImplementations: [],
      referralsEnabled: 'false',
      zeroPageLogin: { enabled: false, refererWhitelist: [], allowedWithoutReferer: true },
      realm: '/alpha',
      xuiUserSessionValidationEnabled: true,
      fileBasedConfiguration: false,
      userIdAttributes: [],
      nodeDesignerXuiEnabled: true,
    });
  }
});

test('the revision moves with the settings, and with nothing else', async () => {
  const revisionOf = async (config: object) => {
    const stage = await openStage(config);
    return bodyOf(await stage.send({ path: `${BASE}/serverinfo/*` }))._rev;
  };
  assert.equal(await revisionOf({}), await revisionOf({ success_url: '/elsewhere' }));
  assert.notEqual(await revisionOf({}), await revisionOf({ cookie_name: 'other' }));
});

test('serverinfo has two other members', async () => {
  const stage = await openStage();
  const domains = await stage.send({ path: `${BASE}/serverinfo/cookieDomains` });
  assert.deepEqual(bodyOf(domains).domains, []);
  const path = `${BASE}/serverinfo/version`;
  assertError(await stage.send({ path }), 401, 'Access Denied');
  const version = await stage.send({ path, headers: { [COOKIE]: await stage.login() } });
  // As vendors' tools take it apart.
  assert.match(String(bodyOf(version).version), /^\d\.\d\.\d$/);
  assertError(await stage.send({ path: `${BASE}/serverinfo/nope` }), 404, 'Not Found');
});

test('idFromSession says whose session it is, and leaves the idle clock alone', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const path = `${BASE}/users?_action=idfromsession`;
  const cookie = { Cookie: `${COOKIE}=${tokenId}`, 'Accept-API-Version': 'resource=2.0' };
  for (const headers of [{ [COOKIE]: tokenId }, cookie]) {
    stage.clock.advance(90_000);
    const answer = await stage.send({ method: 'POST', path, headers, body: {} });
    assert.equal(
      answer.body,
      '{"id":"ada","realm":"/alpha","dn":"id=ada,ou=user,o=alpha,ou=services,ou=am-config",' +
        '"successURL":"/am/console","fullLoginURL":"/am/UI/Login?realm=%2Falpha"}',
    );
  }
  const info = bodyOf(await stage.act('getSessionInfo', tokenId));
  assert.equal(info.latestAccessTime, '2026-03-01T12:00:00Z');
});

test('idFromSession needs a session of that realm', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const tokenId = await stage.login();
  const send = (base: string, headers: Record<string, string>) =>
    stage.send({ method: 'POST', path: `${base}/users?_action=idFromSession`, headers });
  assertError(await send(BASE, {}), 401, 'Access Denied');
  assertError(await send(BASE, { [COOKIE]: 'garbage' }), 401, 'Access Denied');
  assertError(await send('/am/json/beta', { [COOKIE]: tokenId }), 401, 'Access Denied');
  await stage.act('logout', tokenId);
  assertError(await send(BASE, { [COOKIE]: tokenId }), 401, 'Access Denied');
});

test('users can do nothing else', async () => {
  const stage = await openStage();
  const headers = { [COOKIE]: await stage.login() };
  const path = `${BASE}/users?_action=register`;
  const message = 'Action register not implemented for this resource';
  assertError(await stage.send({ method: 'POST', path, headers }), 501, message);
});
