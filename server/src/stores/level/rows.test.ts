/** Keys sort as the port says, rows come back as they went in, and a change writes what it must. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type IndexEntries, type Row, StoreFault } from '../store.ts';
import {
  decodeIndexKey,
  decodeRow,
  encodeRow,
  indexBounds,
  indexKey,
  operationsOf,
} from './rows.ts';

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('\0', '\x01', 'a', '\uffff', '😀'), maxLength: 4 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const entry = fc.record({ at: text, key: text });

test('index keys sort by place, then by key, and give both back', () => {
  fc.assert(
    fc.property(entry, entry, (left, right) => {
      const expected = bytesOrder(left.at, right.at) || bytesOrder(left.key, right.key);
      assert.equal(bytesOrder(indexKey('due', left), indexKey('due', right)), expected);
      assert.deepEqual(decodeIndexKey('due', indexKey('due', left)), { ...left });
    }),
    { numRuns: 2000 },
  );
});

test('the bounds of a range hold the entries of the range, and no others', () => {
  const range = fc.record(
    { from: text, to: text, after: entry, limit: fc.constant(1) },
    { requiredKeys: ['from', 'to', 'limit'] },
  );
  fc.assert(
    fc.property(entry, range, (one, { from, to, after, limit }) => {
      const inside =
        bytesOrder(one.at, from) >= 0 &&
        bytesOrder(one.at, to) <= 0 &&
        (after === undefined ||
          (bytesOrder(one.at, after.at) || bytesOrder(one.key, after.key)) > 0);
      const asked = after === undefined ? { from, to, limit } : { from, to, after, limit };
      const bounds = indexBounds('subject', asked);
      const key = indexKey('subject', one);
      const low =
        'gt' in bounds ? bytesOrder(key, bounds.gt) > 0 : bytesOrder(key, bounds.gte) >= 0;
      assert.equal(low && bytesOrder(key, bounds.lt) < 0, inside);
    }),
    { numRuns: 2000 },
  );
});

test('a row comes back as it was written', () => {
  const indexes = fc.record({ subject: fc.option(text), due: fc.option(text) });
  fc.assert(
    fc.property(text, fc.nat(), text, indexes, (key, version, value, { subject, due }) => {
      const row = { key, version, value, indexes: { subject, due } };
      assert.deepEqual(decodeRow(key, encodeRow(row)), row);
    }),
  );
});

test('a text that is no row is a fault', () => {
  for (const damaged of [
    '',
    'x',
    '\n',
    '[1,null',
    '{}\n',
    '["1",null,null]\n',
    '[1.5,null,null]\nv',
  ]) {
    assert.throws(() => decodeRow('a', damaged), StoreFault, JSON.stringify(damaged));
  }
});

test('a change that moves no index entry writes the row alone', () => {
  const before = rowAt(3, { subject: 'ada', due: '5' });
  const after = rowAt(4, { subject: 'ada', due: '5' });
  assert.deepEqual(operationsOf({ key: 'a', before, after }), [
    { type: 'put', key: 'row:a', value: '[4,"ada","5"]\nv' },
  ]);
});

test('a change writes the entries that move, and no others', () => {
  const before = rowAt(3, { subject: 'ada', due: '5' });
  const after = rowAt(4, { subject: 'ada', due: '6' });
  const written = (change: { before?: Row; after?: Row }): string[] => {
    const operations = operationsOf({ key: 'a', before: undefined, after: undefined, ...change });
    return operations.map(({ type, key }) => `${type} ${key}`);
  };
  assert.deepEqual(written({ before, after }), ['put row:a', 'del due:5\0\0a', 'put due:6\0\0a']);
  assert.deepEqual(written({ before }), ['del row:a', 'del subject:ada\0\0a', 'del due:5\0\0a']);
  assert.deepEqual(written({ after }), ['put row:a', 'put subject:ada\0\0a', 'put due:6\0\0a']);
  assert.deepEqual(written({}), []);
});

function rowAt(version: number, indexes: IndexEntries): Row {
  return { key: 'a', version, value: 'v', indexes };
}

function bytesOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
