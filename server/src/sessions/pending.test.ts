/** Pending: kept, found, changed by one of many, and forgotten. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openMemoryStore } from '../stores/memory/index.ts';
import { createPending } from './pending.ts';
import { MINUTE, openSessionsWorld } from './sessions.testing.ts';

async function open(inner = openMemoryStore()) {
  const { store, clock, sessions } = await openSessionsWorld({}, inner);
  return { pending: createPending({ store, clock }), store, clock, sessions };
}

test('a value is found under its name until its time, and then no more', async () => {
  const { pending, clock } = await open();
  const until = clock.now() + MINUTE;
  assert.equal(await pending.keep('device', 'WDJB', 'waits', until), true);
  assert.equal(await pending.keep('device', 'WDJB', 'other', until), false, 'the name is taken');
  assert.equal(await pending.find('par', 'WDJB'), undefined);
  clock.move(MINUTE - 1);
  assert.equal((await pending.find('device', 'WDJB'))?.value, 'waits');
  clock.move(1);
  assert.equal(await pending.find('device', 'WDJB'), undefined);
  assert.equal(
    await pending.keep('device', 'WDJB', 'new', until + MINUTE),
    true,
    'it is free again',
  );
});

test('one of those who saw it changes it, and one takes it away', async () => {
  const { pending, clock } = await open();
  await pending.keep('device', 'name', 'a', clock.now() + MINUTE);
  const seen = await pending.find('device', 'name');
  assert.ok(seen);
  const changes = ['b', 'c', 'd'].map((value) => pending.replace('device', 'name', seen, value));
  assert.equal((await Promise.all(changes)).filter(Boolean).length, 1);
  const now = await pending.find('device', 'name');
  assert.ok(now && now.value !== 'a' && now.until === seen.until);
  const takes = [1, 2, 3].map(() => pending.take('device', 'name', now));
  assert.equal((await Promise.all(takes)).filter(Boolean).length, 1);
  assert.equal(await pending.replace('device', 'name', now, 'e'), false);
  assert.equal(await pending.find('device', 'name'), undefined);
});

test('the sweep forgets it, and no name stands in the store', async () => {
  const { pending, clock, store, sessions } = await open();
  const keys: string[] = [];
  store.onCommit = async (writes) => void keys.push(...writes.map(({ key }) => key));
  await pending.keep('device', 'a-secret-name', 'v', clock.now() + MINUTE);
  assert.ok(!keys.join().includes('a-secret-name'));
  clock.move(MINUTE);
  await sessions.sweep(10);
  assert.deepEqual(await store.read(keys.slice(0, 1)), [undefined]);
});

test('one that is kept anew while the sweep goes by is not swept away', async () => {
  const inner = openMemoryStore();
  let onListed = async () => {};
  const { pending, clock, sessions } = await open({
    ...inner,
    read: (keys) => inner.read(keys),
    commit: (writes) => inner.commit(writes),
    async list(index, range) {
      const entries = await inner.list(index, range);
      await onListed();
      return entries;
    },
  });
  await pending.keep('device', 'WDJB', 'old', clock.now() + MINUTE);
  await pending.keep('device', 'other', 'old', clock.now() + MINUTE);
  clock.move(MINUTE);
  onListed = async () => {
    await pending.keep('device', 'WDJB', 'new', clock.now() + MINUTE);
  };
  assert.equal(await sessions.sweep(10), 2);
  assert.equal((await pending.find('device', 'WDJB'))?.value, 'new');
});
