/**
 * Session properties: what clients may see and set, and what a session has room for.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { POLICY } from '../../sessions/sessions.testing.ts';
import { assertError, bodyOf, openStage } from './forgerock.testing.ts';
import { openSession, recordOf, WITH_PROPERTIES } from './sessions.testing.ts';

test('nothing that is not listed is seen or set, whatever it is called', async () => {
  const stage = await openStage(WITH_PROPERTIES);
  const opened = await openSession(stage, 'ada');
  const set = (body: string) =>
    stage.act('updateSessionProperties', opened.tokenId, {
      headers: { 'Content-Type': 'application/json' },
      body,
    });
  for (const body of [
    '{"Secret":"x"}',
    '{"Theme":"x","Secret":"x"}',
    '{"theme":"x"}',
    '{"__proto__":"x"}',
    '{"constructor":"x"}',
    '{"":"x"}',
    '{"am.protected.x":"x"}',
  ]) {
    assertError(await set(body), 403, 'Forbidden');
  }
  for (const body of [
    '',
    '[]',
    '{"Theme":null}',
    '{"Theme":["x"]}',
    '{"Theme":"\\ud800"}',
    `{"tokenId":"${opened.tokenId}"}`,
  ]) {
    assertError(await set(body), 400, 'Bad Request');
  }
  assert.deepEqual((await recordOf(stage, opened)).properties, {});
});

test('protection comes before the list, by name and by how a name begins', async () => {
  const names = ['AMCtxId', 'AuthLevel', 'UserToken', 'am.protected.x', 'sun.am.x', 'Mine'];
  const stage = await openStage({
    session_properties: [...names, 'Free'],
    protected_properties: ['Mine'],
  });
  const { tokenId } = await openSession(stage, 'root');
  for (const name of names) {
    const answer = await stage.act('updateSessionProperties', tokenId, { body: { [name]: 'x' } });
    assertError(answer, 403, 'Forbidden');
  }
  const answer = await stage.act('updateSessionProperties', tokenId, { body: { Free: 'x' } });
  assert.equal(bodyOf(answer).Free, 'x');
});

test('a listed name that every object has is a name like others', async () => {
  const stage = await openStage({
    session_properties: ['constructor'],
    returned_properties: ['constructor', 'toString'],
  });
  const { tokenId } = await openSession(stage, 'ada');
  assert.equal((await stage.act('getSessionProperties', tokenId)).body, '{"constructor":""}');
  assert.deepEqual(bodyOf(await stage.act('getSessionInfo', tokenId)).properties, {});
  const set = await stage.act('updateSessionProperties', tokenId, { body: { constructor: 'x' } });
  assert.equal(set.body, '{"constructor":"x"}');
});

test('more than a session has room for is refused, and a name taken away makes room', async () => {
  const stage = await openStage(WITH_PROPERTIES, {
    policy: { limits: { ...POLICY.limits, properties: 1, propertyLength: 100 } },
  });
  const { tokenId } = await openSession(stage, 'ada');
  const full = 'The session has no room for these properties';
  const set = (body: object) =>
    stage.act('updateSessionProperties', tokenId, { body: { ...body } });
  assertError(await set({ Theme: 'x'.repeat(100) }), 400, full);
  assertError(await set({ Theme: 'a', LoginLocation: 'b' }), 400, full);
  assert.equal((await set({ Theme: 'a' })).status, 200);
  assertError(await set({ LoginLocation: 'b' }), 400, full);
  const removed = await stage.act('deleteProperty', tokenId, {
    headers: { 'Accept-API-Version': 'resource=1.2' },
    body: { properties: ['Theme'] },
  });
  assert.equal(removed.body, '{"success":true}');
  assert.equal(bodyOf(await set({ LoginLocation: 'b' })).LoginLocation, 'b');
});

test('what clients set in one session is nothing to others, the same person’s included', async () => {
  const stage = await openStage(WITH_PROPERTIES);
  const first = await openSession(stage, 'ada');
  await stage.act('updateSessionProperties', first.tokenId, { body: { Theme: 'dark' } });
  assert.equal(bodyOf(await stage.act('getSessionProperties', first.tokenId)).Theme, 'dark');
  for (const subject of ['ada', 'grace']) {
    const other = await openSession(stage, subject);
    assert.equal(bodyOf(await stage.act('getSessionProperties', other.tokenId)).Theme, '');
  }
});
