/** What a store promises of its rows: exact texts, versions that count, all or nothing. */
import assert, { AssertionError } from 'node:assert/strict';
import type { Write } from '../store.ts';
import { ABSENT } from '../store.ts';
import {
  type Check,
  check,
  commits,
  conflicts,
  put,
  readOne,
  readShort,
  readThere,
  remove,
} from './check.ts';

/** Texts that a careless store would mix up, cut short or change. */
const HARD_TEXTS = [
  '',
  'a',
  'A',
  'aa',
  'a\0',
  'a\0b',
  '\0',
  '\0\0',
  '\0\x01',
  'a/b',
  'a:b',
  "a'b",
  'a"b\\',
  'a\nb',
  ' a ',
  'e\u0301',
  '\u00e9',
  'آدا لامب',
  'نجاح',
  '\uffff',
  '😀',
  '😀😁',
  '{"a":[1,null]}',
  'null',
  '0',
  '%',
  '_',
];

export const rowChecks: readonly Check[] = [
  {
    name: 'read gives rows in the order of the keys, and undefined where there is none',
    async run({ store }) {
      await commits(store, put('a', ABSENT, 'one'), put('b', ABSENT, 'two', { subject: 's' }));
      const rows = await store.read(['b', 'none', 'a', 'b']);
      const a = { key: 'a', version: 1, value: 'one', indexes: { subject: null, due: null } };
      const b = { key: 'b', version: 1, value: 'two', indexes: { subject: 's', due: null } };
      assert.deepEqual(rows, [b, undefined, a, b]);
      assert.deepEqual(await store.read([]), []);
    },
  },
  {
    name: 'a version is 1 at first, and one more at each commit that changes the row',
    async run({ store }) {
      for (let saw = 0; saw < 12; saw++) {
        await commits(store, put('a', saw, `value ${saw}`));
        assert.deepEqual(await readShort(store, 'a'), [[saw + 1, `value ${saw}`]]);
      }
      await commits(store, put('a', 12, 'value 11'));
      assert.equal((await readThere(store, 'a')).version, 13, 'an equal value counts as well');
    },
  },
  {
    name: 'a put that saw another version conflicts and changes nothing',
    async run({ store }) {
      await conflicts(store, put('a', 1, 'from nowhere'));
      assert.equal(await readOne(store, 'a'), undefined);
      await commits(store, put('a', ABSENT, 'first'));
      await commits(store, put('a', 1, 'second', { due: 'd' }));
      for (const saw of [ABSENT, 1, 3, 2 ** 31]) await conflicts(store, put('a', saw, 'wrong'));
      const indexes = { subject: null, due: 'd' };
      assert.deepEqual(await readOne(store, 'a'), {
        key: 'a',
        version: 2,
        value: 'second',
        indexes,
      });
    },
  },
  {
    name: 'delete removes the row as it was seen, and no other',
    async run({ store }) {
      await commits(store, put('a', ABSENT, 'one'), put('b', ABSENT, 'two'));
      await commits(store, put('a', 1, 'one again'));
      for (const saw of [ABSENT, 1, 3]) await conflicts(store, remove('a', saw));
      await commits(store, remove('a', 2));
      assert.deepEqual(await readShort(store, 'a', 'b'), [undefined, [1, 'two']]);
      for (const saw of [1, 2]) await conflicts(store, remove('a', saw));
      await commits(store, remove('a', ABSENT));
      await conflicts(store, put('a', 2, 'a ghost'));
      await commits(store, put('a', ABSENT, 'born again'));
      assert.deepEqual(await readShort(store, 'a'), [[1, 'born again']]);
    },
  },
  {
    name: 'check changes nothing, and holds the commit to what was seen',
    async run({ store }) {
      await commits(store, put('a', ABSENT, 'one', { subject: 's' }));
      const before = await readOne(store, 'a');
      await commits(store, check('a', 1));
      await commits(store, check('none', ABSENT), put('b', ABSENT, 'held'));
      for (const saw of [ABSENT, 2])
        await conflicts(store, check('a', saw), put('b', 1, 'slipped'));
      await conflicts(store, put('b', 1, 'slipped'), check('none', 1));
      assert.deepEqual(await readOne(store, 'a'), before);
      assert.equal(await readOne(store, 'none'), undefined);
      assert.deepEqual(await readShort(store, 'b'), [[1, 'held']]);
    },
  },
  {
    name: 'a commit is all or nothing, wherever the conflict stands in it',
    async run({ store }) {
      await commits(store, put('old', ABSENT, 'old', { due: '1' }), put('gone', ABSENT, 'gone'));
      const good: Write[] = [
        put('old', 1, 'changed', { due: '2' }),
        put('new', ABSENT, 'new', { due: '3' }),
        remove('gone', 1),
      ];
      const bad: Write[] = [put('bad', 7, 'bad'), remove('bad', 7), check('bad', 7)];
      for (const wrong of bad) {
        for (let place = 0; place <= good.length; place++) {
          await conflicts(store, ...good.toSpliced(place, 0, wrong));
          const rows = await readShort(store, 'old', 'new', 'gone', 'bad');
          assert.deepEqual(rows, [[1, 'old'], undefined, [1, 'gone'], undefined]);
        }
      }
      const due = await store.list('due', { from: '', to: '9', limit: 10 });
      assert.deepEqual(due, [{ at: '1', key: 'old' }]);
      await commits(store, ...good);
      const rows = await readShort(store, 'old', 'new', 'gone');
      assert.deepEqual(rows, [[2, 'changed'], [1, 'new'], undefined]);
    },
  },
  {
    name: 'a commit without writes is committed',
    async run({ store }) {
      await commits(store);
    },
  },
  {
    name: 'a commit takes many rows',
    async run({ store }) {
      const keys = Array.from({ length: 500 }, (_, which) => `row ${which}`);
      await commits(store, ...keys.map((key) => put(key, ABSENT, key, { subject: key })));
      await conflicts(store, ...keys.map((key, which) => put(key, which === 499 ? 2 : 1, 'x')));
      assert.deepEqual(
        await readShort(store, ...keys),
        keys.map((key) => [1, key]),
      );
    },
  },
  {
    name: 'a bug of the caller is an assertion and changes nothing',
    async run({ store }) {
      await commits(store, put('a', ABSENT, 'one'));
      const bugs: Write[][] = [
        [put('a', 1, 'two'), put('a', 1, 'three')],
        [put('a', 1, 'two'), check('a', 1)],
        [remove('a', 1), put('a', ABSENT, 'two')],
        [put('a', 1, 'two'), put('b', ABSENT), check('b', ABSENT)],
        [put('a', -1, 'two')],
        [put('a', 1.5, 'two')],
        [put('a', Number.NaN, 'two')],
        [put('a', 1, 'lone \ud800 surrogate')],
        [put('a', 1, 'two', { subject: '\udc00' })],
        [put('\ud800', ABSENT, 'two')],
      ];
      for (const writes of bugs) await assert.rejects(store.commit(writes), AssertionError);
      await assert.rejects(store.read(['\ud800']), AssertionError);
      assert.deepEqual(await readShort(store, 'a', 'b'), [[1, 'one'], undefined]);
    },
  },
  {
    name: 'keys are exact',
    async run({ store }) {
      for (const key of HARD_TEXTS) await commits(store, put(key, ABSENT, `of ${key}`));
      const rows = await store.read(HARD_TEXTS);
      assert.deepEqual(
        rows.map((row) => [row?.key, row?.value]),
        HARD_TEXTS.map((key) => [key, `of ${key}`]),
      );
      for (const key of HARD_TEXTS) await commits(store, remove(key, 1));
      assert.ok((await store.read(HARD_TEXTS)).every((row) => row === undefined));
    },
  },
  {
    name: 'keys are exact at any length, with a wide character at the end',
    async run({ store }) {
      // Short before long: a buffer that is reused for keys has to grow on the way, at times in the
      // middle of the last character, and then must not find the row whose key ends there.
      for (let length = 0; length < 1000; length += 5) {
        const key = 'k'.repeat(length);
        await commits(store, put(key, ABSENT, 'without'));
        await commits(store, put(`${key}😀`, ABSENT, 'with'));
        assert.deepEqual(await readShort(store, `${key}😀`, key), [
          [1, 'with'],
          [1, 'without'],
        ]);
      }
    },
  },
  {
    name: 'values and index entries are exact, 64 KiB too',
    async run({ store }) {
      const values = [...HARD_TEXTS, 'x'.repeat(65_536), 'é€😀\n'.repeat(6_000)];
      const writes = values.map((value, which) => {
        const at = value.slice(0, 50).toWellFormed();
        return put(`row ${which}`, ABSENT, value, { subject: at, due: `due ${at}` });
      });
      await commits(store, ...writes);
      for (const write of writes) {
        assert.ok(write.type === 'put');
        const { value, indexes } = await readThere(store, write.key);
        assert.ok(value === write.value, `another value in ${write.key}`);
        assert.deepEqual(indexes, write.indexes);
      }
    },
  },
];
