/**
 * Whatever external systems keep in a session, the portal and the other dialects have room there.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openStage } from './s360.testing.ts';

const MESSAGE = { en: 'Received', ar: 'تم الاستلام' };

test('however many children a system opens, the portal can open others', async () => {
  const { signIn, pairOf, childOf, call, services } = await openStage();
  const session = await signIn();
  const parent = await pairOf(session);
  const children = [];
  for (let count = 0; count < 32; count++) children.push(await childOf(parent));
  const full = await call('child/create', { ...parent, externalSystemId: 'forms' });
  assert.deepEqual([full.status, full.json.desc.code], [409, 'ESB-IDP-E0409']);
  const current = (await services.sessions.inspect(session.id))?.session ?? session;
  assert.equal((await call('context', await pairOf(current, 'forms'))).status, 200);
  await call('child/logout', children[0] ?? {});
  await childOf(parent);
});

test('however often a system opens a child, half of the slots are for others', async () => {
  const { signIn, pairOf, call, services } = await openStage();
  const pair = await pairOf(await signIn());
  const { look } = services.sessions;
  for (const [nextSlot, status] of [
    [32_767, 200],
    [32_768, 409],
  ] as const) {
    services.sessions.look = async (...asked) => {
      const found = await look(...asked);
      return 'refused' in found ? found : { ...found, session: { ...found.session, nextSlot } };
    };
    const answer = await call('child/create', { ...pair, externalSystemId: 'forms' });
    assert.equal(answer.status, status);
  }
});

test('however much a child keeps, the session has room for others, and for later children', async () => {
  const { signIn, pairOf, childOf, call, services } = await openStage();
  const session = await signIn();
  const parent = await pairOf(session);
  const messages = [{ en: 'x'.repeat(900), ar: '' }];
  const fill = async () => {
    const child = await childOf(parent);
    const add = async (id: number) =>
      (await call('child/messages', { ...child, messages }, { 'X-Request-Id': `${id}` })).status;
    let kept = 0;
    while ((await add(kept)) === 200) kept += 1;
    if (kept > 0) assert.equal(await add(kept - 1), 200, 'a retry of what is kept needs no room');
    return { child, kept };
  };
  const children = [];
  for (let count = 0; count < 10; count++) children.push(await fill());
  const kept = children.reduce((sum, one) => sum + one.kept, 0);
  assert.ok(kept > 25 && kept < 36, `${kept}`);
  const draft = { application: 'forms', facts: { a: 'x'.repeat(1000) } };
  for (let count = 0; count < 20; count++) {
    const other = await services.sessions.addChild(session, draft, 'other');
    assert.ok(!('refused' in other), 'another dialect has room');
  }
});

test('what a child has kept is forgotten at its logout', async () => {
  const { signIn, pairOf, childOf, call, services } = await openStage();
  const session = await signIn();
  const parent = await pairOf(session);
  const record = async () => JSON.stringify((await services.sessions.inspect(session.id))?.session);
  for (let count = 0; count < 60; count++) {
    const child = await childOf(parent, { iidParams: { a: 'x'.repeat(900) } });
    const { status } = await call('child/messages', { ...child, messages: [MESSAGE] });
    assert.equal(status, 200);
    assert.equal((await call('child/logout', child)).status, 200);
    assert.equal((await call('child/get', child)).json.desc.code, 'ESB-IDP-E0004');
  }
  assert.ok(!(await record()).includes('xxx'));

  // Between the two steps of a logout it is a child that has nothing, and no pair of the portal's.
  const child = await childOf(parent);
  services.sessions.endPart = () => Promise.reject(new Error('down'));
  await assert.rejects(call('child/logout', child));
  const current = (await services.sessions.inspect(session.id))?.session ?? session;
  const forms = await pairOf(current, 'forms');
  assert.notEqual(forms.sessionToken, child.sessionToken);
  const slots = (await services.sessions.inspect(session.id))?.session.children ?? [];
  assert.equal(slots.filter(({ end }) => end === null).length, 3, 'the pair is a new one');
});
