/**
 * The actions on sessions: what they do, and where the token stands.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../engine/engine.testing.ts';
import { sessionKey } from '../../sessions/records.ts';
import { assertError, BASE, bodyOf, COOKIE, openStage, type Stage } from './forgerock.testing.ts';
import { shape } from './shape.ts';

test('refresh says who, where, and how long', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const answer = await stage.act('refresh', tokenId, {
    headers: { 'Content-Type': 'application/json' },
  });
  const body = { uid: 'ada', realm: '/alpha', idletime: 0, maxidletime: 30, maxsessiontime: 120 };
  assert.equal(answer.body, JSON.stringify({ ...body, maxtime: 7200 }));
  assert.equal(answer.status, 200);
});

test('refresh moves the idle clock when the last access is more than 60 s old', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const key = sessionKey(shape.read(tokenId)?.id ?? '');
  const version = async () => (await stage.store.read([key]))[0]?.version;
  const before = await version();
  stage.clock.advance(60 * SECOND);
  assert.equal(bodyOf(await stage.act('refresh', tokenId)).idletime, 60);
  assert.equal(await version(), before, 'nothing was written');
  stage.clock.advance(1 * SECOND);
  const moved = bodyOf(await stage.act('refresh', tokenId));
  assert.deepEqual([moved.idletime, moved.maxtime], [0, 7200 - 61]);
  assert.notEqual(await version(), before);
});

test('refresh keeps a session alive until its absolute end, and no longer', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  for (let minute = 25; minute < 120; minute += 25) {
    stage.clock.advance(25 * MINUTE);
    assert.equal((await stage.act('refresh', tokenId)).status, 200);
  }
  stage.clock.advance(20 * MINUTE);
  assertError(await stage.act('refresh', tokenId), 401, 'Access Denied');
});

test('getSessionInfo shows the session, and never moves the idle clock', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const id = shape.read(tokenId)?.id;
  stage.clock.advance(29 * MINUTE);
  const answer = await stage.act('getSessionInfo', tokenId);
  assert.equal(
    answer.body,
    JSON.stringify({
      username: 'ada',
      universalId: 'id=ada,ou=user,o=alpha,ou=services,ou=am-config',
      realm: '/alpha',
      latestAccessTime: '2026-03-01T12:00:00Z',
      maxIdleExpirationTime: '2026-03-01T12:30:00Z',
      maxSessionExpirationTime: '2026-03-01T14:00:00Z',
      properties: { AMCtxId: id },
    }),
  );
  stage.clock.advance(1 * MINUTE);
  assertError(await stage.act('getSessionInfo', tokenId), 401, 'Access Denied');
});

test('logout ends the session for all, and takes the cookie back', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const answer = await stage.act('logout', tokenId);
  assert.equal(answer.body, '{"result":"Successfully logged out"}');
  const expired =
    'iPlanetDirectoryPro=; Path=/; HttpOnly; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  assert.equal(answer.headers['Set-Cookie'], expired);
  for (const action of ['refresh', 'getSessionInfo', 'logout']) {
    assertError(await stage.act(action, tokenId), 401, 'Access Denied');
  }
  assert.deepEqual(await endOf(stage, tokenId), ['signed_out', 'user']);
});

test('finds the token wherever clients put it', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const stale = { Authorization: 'Bearer stale' };
  for (const ask of [
    { headers: { [COOKIE.toLowerCase()]: tokenId } },
    { headers: { [COOKIE.toUpperCase()]: tokenId, ...stale } },
    { headers: { Cookie: `amlbcookie=01; ${COOKIE}=${tokenId}; a=b` } },
    { headers: { Cookie: `${COOKIE}="${tokenId}"`, [COOKIE]: tokenId } },
    { body: { tokenId } },
    { body: { tokenId, withCredentials: true }, headers: { Cookie: `${COOKIE}=` } },
    { headers: { [COOKIE]: tokenId }, body: { tokenId } },
    { headers: { [COOKIE]: tokenId }, body: '' },
    { headers: { [COOKIE]: tokenId }, body: '\n' },
    { headers: { [COOKIE]: tokenId, 'Content-Type': 'application/json;charset=utf8' }, body: '{}' },
    { query: { tokenId } },
  ]) {
    const answer = await stage.act('refresh', undefined, ask);
    assert.equal(answer.status, 200, JSON.stringify([ask, answer.body]));
  }
});

test('refuses whatever is no token of a live session', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const tokenId = await stage.login();
  const forged = tokenId.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
  for (const ask of [
    {},
    { headers: { [COOKIE]: '' } },
    { headers: { [COOKIE]: 'AQIC5wM2LY4Sfcw.*AAJTSQACMDEAAlNLABQ.*' } },
    { headers: { [COOKIE]: forged } },
    { headers: { [COOKIE]: `${tokenId}, ${tokenId}` } },
    { headers: { Authorization: `Bearer ${tokenId}` } },
    { body: { tokenId: forged } },
    {
      path: '/am/json/realms/root/realms/beta/sessions?_action=refresh',
      headers: { [COOKIE]: tokenId },
    },
  ]) {
    const answer = await stage.act('refresh', undefined, ask);
    assertError(answer, 401, 'Access Denied');
  }
  assert.equal(stage.events.length, 1, 'nothing but the sign-in');
});

test('acts on another session for its owner and for an administrator', async () => {
  const stage = await openStage();
  const [first, second, graces] = [
    await stage.login(),
    await stage.login(),
    await stage.login('grace'),
  ];
  const root = await stage.login('root');
  const on = (action: string, caller: string, tokenId: string) =>
    stage.act(action, caller, { body: { tokenId } });
  assert.equal((await on('refresh', first, second)).status, 200);
  assertError(await on('refresh', first, graces), 403, 'Forbidden');
  assert.equal(bodyOf(await on('getSessionInfo', root, graces)).username, 'grace');
  assert.equal((await on('logout', root, graces)).body, '{"result":"Successfully logged out"}');
  assert.deepEqual(await endOf(stage, graces), ['ended_by_administrator', 'admin']);
  assert.equal((await on('logout', first, second)).headers['Set-Cookie'], undefined);
  assert.deepEqual(await endOf(stage, second), ['signed_out', 'user']);
  assert.equal((await on('refresh', root, graces)).body, '{"valid":false}');
  assert.equal((await on('getSessionInfo', root, 'x')).body, '{"valid":false}');
  assert.equal((await on('logout', root, graces)).body, '{"result":"Token has expired"}');
  assertError(await on('refresh', graces, first), 401, 'Access Denied');
});

test('whoever holds a token may end its session, as with that token alone', async () => {
  const stage = await openStage();
  const [adas, graces] = [await stage.login(), await stage.login('grace')];
  const answer = await stage.act('logout', graces, { body: { tokenId: adas } });
  assert.equal(answer.body, '{"result":"Successfully logged out"}');
  assert.deepEqual(await endOf(stage, adas), ['signed_out', 'user']);
  assert.equal((await stage.act('refresh', graces)).status, 200);
});

test('takes the target from the path, then the query, then the body, then the caller', async () => {
  const stage = await openStage();
  const root = await stage.login('root');
  const [first, second, third] = [await stage.login(), await stage.login(), await stage.login()];
  const meant = async (ask: object) => {
    const answer = await stage.act('validate', root, {
      headers: { 'Accept-API-Version': 'resource=5.1' },
      ...ask,
    });
    return bodyOf(answer).sessionUid;
  };
  const path = `${BASE}/sessions/${first}?_action=validate`;
  const query = { tokenId: second };
  const body = { tokenId: third };
  const idOf = (tokenId: string) => shape.read(tokenId)?.id;
  assert.equal(await meant({ path, query, body }), idOf(first));
  assert.equal(await meant({ query, body }), idOf(second));
  assert.equal(await meant({ body }), idOf(third));
  assert.equal(await meant({}), idOf(root));
});

test('the cookie goes before the header', async () => {
  const stage = await openStage();
  const [adas, graces] = [await stage.login(), await stage.login('grace')];
  const both = { headers: { Cookie: `${COOKIE}=${adas}`, [COOKIE]: graces } };
  assert.equal(bodyOf(await stage.act('refresh', undefined, both)).uid, 'ada');
});

test('takes the name of an action in any letter case', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const { status, body } = await stage.act('REFRESH', tokenId);
  assert.equal(status, 200);
  assert.equal(body, (await stage.act('refresh', tokenId)).body);
});

test('an action that is not there, or not in that version', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const unknown = 'Action Frobnicate not implemented for this resource';
  assertError(await stage.act('Frobnicate', tokenId), 501, unknown);
  assertError(await stage.act('Frobnicate'), 401, 'Access Denied');
  assertError(await stage.act('', tokenId), 501, 'Operation is not supported.');
  const old = { headers: { 'Accept-API-Version': 'resource=1.1' } };
  const missing = 'Action refresh not implemented for this resource';
  assertError(await stage.act('refresh', tokenId, old), 501, missing);
  assert.equal((await stage.act('logout', tokenId, old)).status, 200);
});

test('a tokenId in the body that is no text is a fault', async () => {
  const stage = await openStage();
  const typed = await stage.act('refresh', await stage.login(), { body: { tokenId: 7 } });
  assertError(typed, 400, '/tokenId: Expecting a String');
});

test('hands out its credential for a session that was opened elsewhere', async () => {
  const stage = await openStage();
  const { sessions } = stage.services;
  const opened = await sessions.open({
    realm: 'alpha',
    subject: 'ada',
    epoch: 0,
    origin: 'native',
  });
  assert.ok(!('refused' in opened));
  const ask = { application: null, device: null, origin: 'http://127.0.0.1:8080' };
  const given = await stage.dialect.credential(opened.session, ask);
  assert.ok('credential' in given);
  const { tokenId, cookieName } = given.credential;
  assert.equal(cookieName, COOKIE);
  assert.equal((await stage.act('refresh', String(tokenId))).status, 200);
  assert.equal(stage.services.readSessionToken(String(tokenId))?.id, opened.session.id);
});

async function endOf({ services }: Stage, tokenId: string) {
  const token = shape.read(tokenId);
  const { end } = (token && (await services.sessions.inspectToken(token))) ?? {};
  return [end?.reason, end?.by];
}
