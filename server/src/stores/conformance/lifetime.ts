/** What a store promises of its beginning and its end: facts, `close`, and what comes back. */
import assert from 'node:assert/strict';
import { ABSENT, LIST_LIMIT, StoreFault } from '../store.ts';
import {
  atOnce,
  type Check,
  check,
  commits,
  conflicts,
  listAll,
  put,
  readOne,
  readShort,
  remove,
} from './check.ts';

export const lifetimeChecks: readonly Check[] = [
  {
    name: 'a store says what it is',
    async run({ store, reopen }) {
      const { name, durable, shared } = store.facts;
      assert.match(name, /^[a-z][a-z0-9-]*$/);
      assert.deepEqual([typeof durable, typeof shared], ['boolean', 'boolean']);
      assert.equal(reopen !== undefined, durable, 'what is durable can be opened anew');
    },
  },
  {
    name: 'a new store is empty',
    async run({ store }) {
      assert.equal(await readOne(store, ''), undefined);
      for (const index of ['subject', 'due'] as const) {
        assert.deepEqual(await listAll(store, index, '', '\u{10ffff}'), []);
      }
    },
  },
  {
    name: 'after close every call throws a StoreFault, but for another close',
    async run({ store }) {
      await commits(store, put('a', ABSENT));
      await store.close();
      await assert.rejects(store.read(['a']), StoreFault);
      await assert.rejects(store.read([]), StoreFault);
      await assert.rejects(store.commit([put('a', 1)]), StoreFault);
      await assert.rejects(store.commit([check('a', 1)]), StoreFault);
      await assert.rejects(store.list('due', { from: '', to: 'z', limit: 1 }), StoreFault);
      await store.close();
    },
  },
  {
    name: 'close finishes the reads that are in flight',
    async run({ store }) {
      const keys = Array.from({ length: LIST_LIMIT }, (_, which) => `${1000 + which}`.repeat(50));
      await commits(store, ...keys.map((key) => put(key, ABSENT, 'v', { due: '1' })));
      const [one, two, listed] = await Promise.all([
        store.read(keys.slice(0, 1)),
        store.read(keys.slice(0, 2)),
        store.list('due', { from: '', to: '9', limit: LIST_LIMIT }),
        store.close(),
      ]);
      assert.deepEqual([one.length, one[0]?.value], [1, 'v']);
      assert.deepEqual([two.length, two[1]?.value], [2, 'v']);
      assert.deepEqual(
        listed,
        keys.map((key) => ({ at: '1', key })),
      );
    },
  },
  {
    name: 'close finishes the commits that are in flight',
    async run({ store }) {
      await commits(store, put('a', ABSENT));
      const [results, loser] = await Promise.all([
        atOnce(50, (which) => store.commit([put(`row ${which}`, ABSENT)])),
        store.commit([put('a', ABSENT)]),
        store.close(),
        store.close(),
      ]);
      assert.deepEqual(new Set(results), new Set(['committed']));
      assert.equal(loser, 'conflict');
    },
  },
  {
    name: 'opened anew, it has every row, version and entry that was acknowledged',
    durable: true,
    async run({ store, reopen }) {
      assert.ok(reopen);
      await commits(store, put('a', ABSENT, 'one', { due: '1' }), put('gone', ABSENT, 'x'));
      await commits(store, put('a', 1, 'é😀\0', { due: '2', subject: 's\0' }), remove('gone', 1));
      await conflicts(store, put('a', 1, 'lost'));
      const [results] = await Promise.all([
        atOnce(300, (which) => store.commit([put(`row ${which}`, ABSENT, 'v')])),
        store.close(),
      ]);
      assert.deepEqual(new Set(results), new Set(['committed']));

      const again = await reopen();
      const indexes = { due: '2', subject: 's\0' };
      const a = { key: 'a', version: 2, value: 'é😀\0', indexes };
      assert.deepEqual(await again.read(['a', 'gone']), [a, undefined]);
      assert.deepEqual(await listAll(again, 'due', '', '9'), [{ at: '2', key: 'a' }]);
      assert.deepEqual(await listAll(again, 'subject', '', 'z'), [{ at: 's\0', key: 'a' }]);
      const keys = Array.from({ length: 300 }, (_, which) => `row ${which}`);
      assert.deepEqual(
        await readShort(again, ...keys),
        keys.map(() => [1, 'v']),
      );
      await conflicts(again, put('a', 1, 'stale'));
      await commits(again, put('a', 2, 'on it goes'));
      assert.deepEqual(await readShort(again, 'a'), [[3, 'on it goes']]);
      await again.close();
      await assert.rejects(again.read(['a']), StoreFault);
    },
  },
];
