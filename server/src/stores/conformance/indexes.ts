/** What a store promises of its indexes: exact order, exact ends, pages without gap or double. */
import assert, { AssertionError } from 'node:assert/strict';
import type { IndexEntry } from '../store.ts';
import { ABSENT, LIST_LIMIT } from '../store.ts';
import {
  type Check,
  check,
  commits,
  compareBytes,
  conflicts,
  inIndexOrder,
  listAll,
  listKeys,
  put,
  remove,
} from './check.ts';

/** In the order of their UTF-8 bytes, which is neither that of UTF-16 nor that of any language. */
const ORDERED = [
  '',
  '\0',
  '\0\0',
  '\0\x01',
  '\0a',
  '\x01',
  '/',
  'A',
  'Z',
  'a',
  'a\0',
  'a\0\0',
  'a\0b',
  'a\x01',
  'a/',
  'a/b',
  'a0',
  'aa',
  'b',
  'é',
  'ن',
  '€',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '😀',
];

const LAST = '\u{10ffff}';

export const indexChecks: readonly Check[] = [
  {
    name: 'an index is ordered by UTF-8 bytes, whatever the order of writing',
    async run({ store }) {
      assert.deepEqual(ORDERED, ORDERED.toSorted(compareBytes));
      const shuffled = ORDERED.map((_, which) => ORDERED[(which * 7) % ORDERED.length] ?? '');
      for (const at of shuffled) await commits(store, put(`row ${at}`, ABSENT, '', { due: at }));
      const entries = ORDERED.map((at) => ({ at, key: `row ${at}` }));
      assert.deepEqual(await listAll(store, 'due', '', LAST), entries);
      assert.deepEqual(await listAll(store, 'due', '', LAST, 1), entries);
      assert.deepEqual(await listAll(store, 'subject', '', LAST), []);
    },
  },
  {
    name: 'entries at one place are ordered by key, and places are not run into keys',
    async run({ store }) {
      const places = ['', 'a', 'a\0', 'a\0b', 'ab'];
      const entries = places.flatMap((at) => ORDERED.map((key) => ({ at, key: `${key}|${at}` })));
      await commits(store, ...entries.map(({ at, key }) => put(key, ABSENT, '', { subject: at })));
      assert.deepEqual(await listAll(store, 'subject', '', LAST), entries.toSorted(inIndexOrder));
      for (const at of places) {
        const here = entries.filter((entry) => entry.at === at).toSorted(inIndexOrder);
        assert.deepEqual(await listAll(store, 'subject', at, at), here);
        assert.deepEqual(await listAll(store, 'subject', at, at, 7), here);
      }
    },
  },
  {
    name: 'both ends of a range are included, and nothing outside of it',
    async run({ store }) {
      await commits(store, ...ORDERED.map((at) => put(at, ABSENT, '', { due: at })));
      for (let from = 0; from < ORDERED.length; from++) {
        for (let to = from; to < ORDERED.length; to++) {
          const keys = await listKeys(store, 'due', ORDERED[from] ?? '', ORDERED[to] ?? '');
          assert.deepEqual(keys, ORDERED.slice(from, to + 1));
        }
      }
      assert.deepEqual(await listKeys(store, 'due', 'a\0c', 'a\0d'), []);
      assert.deepEqual(await listKeys(store, 'due', 'b', 'a'), []);
    },
  },
  {
    name: 'an entry moves with its row, and goes with it',
    async run({ store }) {
      const both = async (): Promise<string[][]> => [
        await listKeys(store, 'subject', '', LAST),
        await listKeys(store, 'due', '', LAST),
      ];
      await commits(store, put('a', ABSENT, '', { subject: 's', due: '5' }));
      await commits(store, put('b', ABSENT, '', { subject: 's', due: '6' }));
      assert.deepEqual(await both(), [
        ['a', 'b'],
        ['a', 'b'],
      ]);
      await commits(store, put('a', 1, 'moved', { subject: 's', due: '7' }));
      assert.deepEqual(await both(), [
        ['a', 'b'],
        ['b', 'a'],
      ]);
      assert.deepEqual(await listKeys(store, 'due', '5', '5'), []);
      await commits(store, put('a', 2, 'out of one', { subject: null, due: '7' }));
      assert.deepEqual(await both(), [['b'], ['b', 'a']]);
      await commits(store, put('a', 3, 'as it was', { subject: null, due: '7' }), check('b', 1));
      assert.deepEqual(await both(), [['b'], ['b', 'a']]);
      await commits(store, remove('a', 4));
      assert.deepEqual(await both(), [['b'], ['b']]);
      await commits(store, put('a', ABSENT, 'new', { subject: '', due: '' }));
      assert.deepEqual(await both(), [
        ['a', 'b'],
        ['a', 'b'],
      ]);
      await commits(store, remove('a', 1), remove('b', 1));
      assert.deepEqual(await both(), [[], []]);
    },
  },
  {
    name: 'a conflict moves no entry',
    async run({ store }) {
      await commits(store, put('a', ABSENT, '', { due: '1' }), put('b', ABSENT, '', { due: '2' }));
      await conflicts(store, put('a', 1, '', { due: '3' }), remove('b', 1), check('c', 1));
      await conflicts(store, put('a', 2, '', { due: '4', subject: 's' }));
      const entries = [
        { at: '1', key: 'a' },
        { at: '2', key: 'b' },
      ];
      assert.deepEqual(await listAll(store, 'due', '', LAST), entries);
      assert.deepEqual(await listAll(store, 'subject', '', LAST), []);
    },
  },
  {
    name: 'a page holds what was asked for, 1 to LIST_LIMIT',
    async run({ store }) {
      const entries = Array.from({ length: LIST_LIMIT + 3 }, (_, which) => {
        const at = `at ${String(which >> 2).padStart(4, '0')}`;
        return { at, key: `key ${String(which).padStart(5, '0')}` };
      });
      await commits(store, ...entries.map(({ at, key }) => put(key, ABSENT, 'v', { due: at })));
      for (const limit of [1, 2, 999, LIST_LIMIT]) {
        const page = await store.list('due', { from: '', to: LAST, limit });
        assert.deepEqual(page, entries.slice(0, limit));
      }
      assert.deepEqual(await listAll(store, 'due', '', LAST, 10), entries);
      assert.deepEqual(await listAll(store, 'due', '', LAST), entries);
      for (const limit of [0, -1, 1.5, LIST_LIMIT + 1, Number.NaN]) {
        await assert.rejects(store.list('due', { from: '', to: LAST, limit }), AssertionError);
      }
    },
  },
  {
    name: 'a page resumes right behind `after`, there or not, inside of the range or not',
    async run({ store }) {
      await commits(store, ...ORDERED.map((at) => put(`${at}|`, ABSENT, '', { due: at })));
      const entries = ORDERED.map((at) => ({ at, key: `${at}|` }));
      for (const at of ORDERED) {
        // A key before that of the row, the row's own, one behind it; only the second is there.
        for (const after of ['', `${at}|`, `${at}|z`].map((key) => ({ at, key }))) {
          const expected = entries.filter((entry) => inIndexOrder(entry, after) > 0);
          const whole = await store.list('due', { from: '', to: LAST, after, limit: 100 });
          assert.deepEqual(whole, expected);
          const part = await store.list('due', { from: 'a', to: 'b', after, limit: 100 });
          const inside = ORDERED.slice(ORDERED.indexOf('a'), ORDERED.indexOf('b') + 1);
          assert.deepEqual(
            part,
            expected.filter((entry) => inside.includes(entry.at)),
          );
        }
      }
    },
  },
  {
    name: 'paging neither skips nor repeats a row while others come and go',
    async run({ store }) {
      const name = (which: number): string => `k${String(which).padStart(3, '0')}`;
      const at = (which: number): string => `p${String(which >> 3).padStart(2, '0')}`;
      const kept = Array.from({ length: 60 }, (_, which) => which * 2);
      await commits(store, ...kept.map((n) => put(name(n), ABSENT, '', { due: at(n) })));
      const seen: IndexEntry[] = [];
      for (let step = 0; step < 500; step++) {
        const after = seen.at(-1);
        const range = { from: 'p', to: 'q', limit: 3 };
        const page = await store.list('due', after === undefined ? range : { ...range, after });
        seen.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        // The row that the next page resumes behind goes; a row comes before it, and one behind it.
        await commits(store, remove(last.key, 1));
        const before = Number.parseInt(last.key.slice(1), 10) - 1;
        await commits(store, put(`${name(before)}x${step}`, ABSENT, '', { due: at(before) }));
        if (step % 3 === 0) await commits(store, put(`z${step}`, ABSENT, '', { due: at(119) }));
      }
      assert.deepEqual(seen, seen.toSorted(inIndexOrder), 'out of order');
      const keys = seen.map((entry) => entry.key);
      assert.equal(new Set(keys).size, keys.length, 'a row came twice');
      for (const n of kept) assert.ok(keys.includes(name(n)), `${name(n)} was skipped`);
    },
  },
];
