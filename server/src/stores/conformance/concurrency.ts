/** What a store promises to callers at once: one winner, no half commits, nothing lost. */
import assert from 'node:assert/strict';
import type { Store, Write } from '../store.ts';
import { ABSENT } from '../store.ts';
import {
  atOnce,
  type Check,
  check,
  commits,
  conflicts,
  listKeys,
  put,
  readOne,
  readShort,
  readThere,
  remove,
} from './check.ts';

export const concurrencyChecks: readonly Check[] = [
  {
    name: 'of commits at once on one row exactly one wins, and every loser can read it',
    async run({ store }) {
      for (let saw = 0; saw < 40; saw++) {
        const told = await atOnce(8, async (which) => {
          const result = await store.commit([put('a', saw, `${saw} by ${which}`)]);
          const row = await readThere(store, 'a');
          assert.equal(row.version, saw + 1, `${result} was told before the winner could be read`);
          return { result, value: row.value, mine: `${saw} by ${which}` };
        });
        const winners = told.filter(({ result }) => result === 'committed');
        assert.equal(winners.length, 1);
        for (const { value } of told) assert.equal(value, winners[0]?.mine);
      }
    },
  },
  {
    name: 'of a put and a delete at once one wins',
    async run({ store }) {
      for (let round = 0; round < 20; round++) {
        await commits(store, put('a', ABSENT, 'there', { due: '1' }));
        const writes = round % 2 === 0 ? [0, 1] : [1, 0];
        const results = await Promise.all(
          writes.map((which) => store.commit([which ? remove('a', 1) : put('a', 1, 'changed')])),
        );
        assert.deepEqual(results.toSorted(), ['committed', 'conflict']);
        const deleted = results[writes.indexOf(1)] === 'committed';
        assert.deepEqual(await readShort(store, 'a'), [deleted ? undefined : [2, 'changed']]);
        assert.deepEqual(await listKeys(store, 'due', '', '9'), []);
        if (!deleted) await commits(store, remove('a', 2));
      }
    },
  },
  {
    name: 'of commits that cross each other on several rows one wins whole',
    async run({ store }) {
      const keys = ['a', 'b', 'c', 'd'];
      for (let saw = 0; saw < 20; saw++) {
        const results = await atOnce(6, (which) => {
          const writes = keys.map((key) => put(key, saw, `${saw} by ${which}`));
          return store.commit(which % 2 === 0 ? writes : writes.toReversed());
        });
        const winner = results.indexOf('committed');
        assert.equal(results.lastIndexOf('committed'), winner, 'two winners');
        assert.notEqual(winner, -1, 'no winner');
        const expected = keys.map(() => [saw + 1, `${saw} by ${winner}`]);
        assert.deepEqual(await readShort(store, ...keys), expected);
      }
    },
  },
  {
    name: 'commits at once that check what the other changes are not both committed',
    async run({ store }) {
      for (let round = 0; round < 20; round++) {
        // Every other round the rows are absent, which no lock on a row can hold.
        const saw = round % 2;
        const [a, b] = [`a ${round >> 1}`, `b ${round >> 1}`];
        const results = await Promise.all([
          store.commit([check(a, saw), put(b, saw, 'second')]),
          store.commit([put(a, saw, 'first'), check(b, saw)]),
        ]);
        assert.deepEqual(results.toSorted(), ['committed', 'conflict']);
        const loser = results[0] === 'conflict' ? b : a;
        await commits(store, put(loser, saw, 'later'));
      }
    },
  },
  {
    name: 'commits at once that check one row are all committed',
    async run({ store }) {
      await commits(store, put('a', ABSENT, 'still'));
      const results = await atOnce(20, (n) => store.commit([check('a', 1), put(`${n}`, ABSENT)]));
      assert.deepEqual(new Set(results), new Set(['committed']));
      assert.deepEqual(await readShort(store, 'a'), [[1, 'still']]);
    },
  },
  {
    name: 'independent commits at once are all committed, and their entries listed',
    async run({ store }) {
      const results = await atOnce(500, (which) => {
        const place = String(which).padStart(3, '0');
        return store.commit([put(`row ${which}`, ABSENT, `v${which}`, { subject: place })]);
      });
      assert.deepEqual(new Set(results), new Set(['committed']));
      const keys = Array.from({ length: 500 }, (_, which) => `row ${which}`);
      assert.deepEqual(await listKeys(store, 'subject', '', '999'), keys);
      assert.deepEqual(
        await readShort(store, ...keys),
        keys.map((_, which) => [1, `v${which}`]),
      );
    },
  },
  {
    name: 'increments at once, each tried until it is committed, add up',
    async run({ store }) {
      await atOnce(12, async (which) => {
        for (let round = 0; round < 15; round++) {
          await increment(store, 'all', `of ${which}`);
        }
      });
      const own = Array.from({ length: 12 }, (_, which) => `of ${which}`);
      assert.deepEqual(await readShort(store, 'all', ...own), [
        [180, '180'],
        ...own.map(() => [15, '15']),
      ]);
    },
  },
  {
    name: 'a commit is seen whole or not at all, by read and by list',
    async run({ store }) {
      // Many, so that others come between if a store lets them.
      const keys = Array.from({ length: 100 }, (_, which) => `row ${which}`);
      let writing = true;
      const write = async (): Promise<void> => {
        try {
          for (let saw = 0; saw < 60; saw++) {
            const due = String(saw).padStart(2, '0');
            await commits(store, ...keys.map((key) => put(key, saw, `${saw}`, { due })));
          }
        } finally {
          writing = false;
        }
      };
      const watch = async (): Promise<void> => {
        let newest = 0;
        while (writing) {
          const rows = await store.read(keys);
          const versions = rows.map((row) => row?.version ?? 0);
          assert.equal(new Set(versions).size, 1, `half a commit was read: ${versions}`);
          const [version = 0] = versions;
          assert.ok(version >= newest, `version ${version} was read after ${newest}`);
          newest = version;
          const entries = await store.list('due', { from: '', to: '99', limit: 1000 });
          const places = new Set(entries.map((entry) => entry.at));
          assert.ok(places.size <= 1, `half a commit was listed: ${[...places]}`);
          assert.equal(
            entries.length,
            places.size * keys.length,
            'a row was listed without others',
          );
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all([write(), watch(), watch()]);
    },
  },
  {
    name: 'a caller reads and lists what it was told is committed',
    async run({ store }) {
      await atOnce(10, async (which) => {
        const key = `row ${which}`;
        for (let saw = 0; saw < 20; saw++) {
          const subject = `s${which}/${saw}`;
          await commits(store, put(key, saw, `value ${saw}`, { subject }));
          assert.deepEqual(await readShort(store, key), [[saw + 1, `value ${saw}`]]);
          assert.deepEqual(await listKeys(store, 'subject', subject, subject), [key]);
        }
        await commits(store, remove(key, 20));
        assert.equal(await readOne(store, key), undefined);
        assert.deepEqual(await listKeys(store, 'subject', `s${which}/`, `s${which}/~`), []);
        await conflicts(store, put(key, 20, 'late'));
      });
    },
  },
];

/** Adds one to each counter in one commit, however often others come between. */
async function increment(store: Store, ...keys: string[]): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const rows = await store.read(keys);
    const writes = keys.map((key, which): Write => {
      const row = rows[which];
      return put(key, row?.version ?? ABSENT, `${Number(row?.value ?? 0) + 1}`);
    });
    if ((await store.commit(writes)) === 'committed') return;
  }
  assert.fail('no increment was committed in 1,000 attempts');
}
