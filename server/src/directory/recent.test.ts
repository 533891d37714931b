/** Owns the proof that the memory is bounded, in entries and in time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRecent } from './recent.ts';

test('an entry is there until it ends', () => {
  const recent = createRecent<string>(10);
  recent.set('a', 'x', 100, 0);
  assert.equal(recent.get('a', 99), 'x');
  assert.equal(recent.get('a', 100), undefined);
  recent.set('a', 'y', 200, 100);
  assert.equal(recent.get('a', 199), 'y');
  recent.delete('a');
  assert.equal(recent.get('a', 100), undefined);
});

test('of all that were set, the latest are there and no more', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 8 }), (keys, most) => {
      const recent = createRecent<number>(most);
      for (const [at, key] of keys.entries()) recent.set(String(key), at, 1, 0);
      const latest = new Set([...new Set(keys.toReversed())].slice(0, most));
      for (let key = 0; key <= 20; key++) {
        const value = recent.get(String(key), 0);
        assert.equal(value, latest.has(key) ? keys.lastIndexOf(key) : undefined);
      }
    }),
  );
});

test('what has ended takes up no room', () => {
  const recent = createRecent<number>(1000);
  for (let at = 0; at < 100; at++) recent.set(String(at), at, 10, 0);
  recent.set('later', 0, 20, 5);
  assert.equal(recent.size(), 101);
  recent.set('last', 0, 20, 10);
  assert.equal(recent.size(), 2);
});
