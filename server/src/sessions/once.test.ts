/** Once: single use across nodes and restarts, and being forgotten. */

import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLevelStore } from '../stores/level/index.ts';
import { createOnce } from './once.ts';
import { MINUTE, openSessionsWorld } from './sessions.testing.ts';

test('a value is used by whoever comes first, on whichever node, and by nobody after', async () => {
  const { store, clock } = await openSessionsWorld();
  const nodes = [createOnce(store), createOnce(store)];
  const until = clock.now() + MINUTE;
  const uses = Array.from({ length: 200 }, (_, at) => nodes[at % 2]?.use('jti', 'lantern', until));
  assert.equal((await Promise.all(uses)).filter(Boolean).length, 1);
  assert.equal(await nodes[0]?.use('jti', 'lantern', until), false);
});

test('values and purposes are told apart, whatever they hold', async () => {
  const { store, clock } = await openSessionsWorld();
  const once = createOnce(store);
  const until = clock.now() + MINUTE;
  for (const purpose of ['a', 'a/b', '', '\0']) {
    for (const value of ['', 'b', 'b/', '\ud800', 'x'.repeat(100_000)]) {
      assert.equal(await once.use(purpose, value, until), true, JSON.stringify([purpose, value]));
      assert.equal(await once.use(purpose, value, until), false);
    }
  }
});

test('the sweep forgets a value when it is no longer good, and not before', async () => {
  const { store, clock, sessions } = await openSessionsWorld();
  const once = createOnce(store);
  await once.use('jti', 'wick', clock.now() + MINUTE);
  clock.move(MINUTE - 1);
  await sessions.sweep(10);
  assert.equal(await once.use('jti', 'wick', clock.now() + MINUTE), false);
  clock.move(1);
  await sessions.sweep(10);
  assert.equal(await once.used('jti', 'wick'), false);
  assert.equal(await once.use('jti', 'wick', clock.now() + MINUTE), true);
  assert.equal(await once.used('jti', 'wick'), true);
});

test('a value that is good for ever, or nearly, stays used', async () => {
  const { store, sessions } = await openSessionsWorld();
  const once = createOnce(store);
  const ends = [Number.POSITIVE_INFINITY, 1e21, 1e15, Number.MAX_SAFE_INTEGER];
  for (const [at, until] of ends.entries()) await once.use('jti', String(at), until);
  assert.equal(await sessions.sweep(10), 0);
  for (const [at, until] of ends.entries()) {
    assert.equal(await once.use('jti', String(at), until), false, `until ${until}`);
  }
});

test('no value stands in the store', async () => {
  const { store, clock } = await openSessionsWorld();
  const written: string[] = [];
  store.onCommit = async (writes) => void written.push(JSON.stringify(writes));
  await createOnce(store).use('code', 'the-very-secret', clock.now() + MINUTE);
  assert.equal(written.length, 1);
  assert.ok(!written.join().includes('the-very-secret'));
});

test('a value stays used over a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lamplighter-once-'));
  try {
    for (const isFirst of [true, false]) {
      const store = await openLevelStore({ directory });
      assert.equal(await createOnce(store).use('jti', 'oil', Date.now() + MINUTE), isFirst);
      await store.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
