/**
 * Pairs for systems that a signed-in user opens.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { POLICY } from '../../sessions/sessions.testing.ts';
import { openStage } from './s360.testing.ts';

test('credentials are for configured systems, and one that is open has the same pair again', async () => {
  const external_systems = [{ name: 'chatbot' }, { name: 'forms' }, { name: 'third' }];
  const { signIn, dialect, services, pairOf, childOf } = await openStage(
    { external_systems },
    { policy: { limits: { ...POLICY.limits, children: 3 } } },
  );
  const session = await signIn();
  const ask = { device: null, origin: '' };
  assert.ok('fault' in (await dialect.credential(session, { ...ask, application: null })));
  assert.ok('fault' in (await dialect.credential(session, { ...ask, application: 'other' })));
  const current = async () => (await services.sessions.inspect(session.id))?.session ?? session;
  const pair = await pairOf(session);
  for (let count = 0; count < 70; count++) assert.deepEqual(await pairOf(await current()), pair);
  const child = await childOf(pair, { externalSystemId: 'chatbot' });
  assert.deepEqual(await pairOf(await current()), pair, 'and not that of a child');
  assert.notDeepEqual(child, pair);
  assert.deepEqual((await current()).children.length, 2);
  const forms = await pairOf(await current(), 'forms');
  assert.notDeepEqual(forms, pair);
  const full = await dialect.credential(await current(), { ...ask, application: 'third' });
  assert.ok('refused' in full && full.refused === 'limit_reached');
  const stale = await current();
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  const late = await dialect.credential(stale, { ...ask, application: 'chatbot' });
  assert.ok('refused' in late && late.refused === 'session_ended');
});

test('to open a system again is to be there', async () => {
  const { signIn, services, pairOf, call, clock } = await openStage();
  const session = await signIn();
  const pair = await pairOf(session);
  const current = async () => (await services.sessions.inspect(session.id))?.session ?? session;
  for (let count = 0; count < 3; count++) {
    clock.advance(20 * MINUTE);
    assert.deepEqual(await pairOf(await current()), pair);
  }
  assert.equal((await call('context', pair)).status, 200);
});

test('a pair that has ended is not handed out again', async () => {
  const { signIn, services, pairOf } = await openStage();
  const session = await signIn();
  const first = await pairOf(session);
  const stale = (await services.sessions.inspect(session.id))?.session ?? session;
  await services.sessions.endPart(session, 1, { reason: 'signed_out', by: 'user' });
  const second = await pairOf(stale);
  assert.notDeepEqual(second, first);
  const current = (await services.sessions.inspect(session.id))?.session ?? session;
  assert.deepEqual(await pairOf(current), second);
});
