/**
 * Pairs for systems that a signed-in user opens.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openStage } from './s360.testing.ts';

test('credentials are for configured systems, and at the limit the last pair again', async () => {
  const { signIn, dialect, services, pairOf, call } = await openStage(
    {},
    { policy: { limits: limits(3) } },
  );
  const session = await signIn();
  const ask = { device: null, origin: '' };
  assert.ok('fault' in (await dialect.credential(session, { ...ask, application: null })));
  assert.ok('fault' in (await dialect.credential(session, { ...ask, application: 'other' })));
  const current = async () => (await services.sessions.inspect(session.id))?.session ?? session;
  const pairs = [];
  for (let count = 0; count < 3; count++) pairs.push(await pairOf(await current()));
  assert.equal(new Set(pairs.map(({ sessionToken }) => sessionToken)).size, 3);
  assert.deepEqual(await pairOf(await current()), pairs[2]);
  assert.equal((await call('refresh', pairs[2] ?? {})).status, 200);
  const outcome = await dialect.credential(await current(), { ...ask, application: 'forms' });
  assert.ok('refused' in outcome && outcome.refused === 'limit_reached');
  const stale = await current();
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  const late = await dialect.credential(stale, { ...ask, application: 'chatbot' });
  assert.ok('refused' in late && late.refused === 'session_ended');
});

test('a pair that has ended is not handed out again', async () => {
  const { signIn, dialect, services, pairOf } = await openStage();
  const session = await signIn();
  const first = await pairOf(session);
  await pairOf(session);
  await services.sessions.endPart(session, 2, { reason: 'signed_out', by: 'user' });
  services.sessions.addChild = async () => ({ refused: 'limit_reached', limit: 'slots' });
  const current = (await services.sessions.inspect(session.id))?.session ?? session;
  assert.deepEqual(await pairOf(current), first);
  await services.sessions.endPart(session, 1, { reason: 'signed_out', by: 'user' });
  const none = (await services.sessions.inspect(session.id))?.session ?? session;
  const ask = { application: 'chatbot', device: null, origin: '' };
  assert.ok('refused' in (await dialect.credential(none, ask)));
});

function limits(children: number) {
  const rest = {
    grants: 8,
    tickets: 8,
    history: 8,
    properties: 8,
    propertyLength: 512,
    record: 65_536,
    named: 4,
  };
  return { ...rest, children };
}
