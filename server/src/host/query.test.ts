/** Query strings: what is read, and what is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from './query.ts';

test('reads whatever URLSearchParams writes', () => {
  const texts = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts)), (pairs) => {
      const read = parseQuery(new URLSearchParams(pairs).toString());
      const found = [...(read ?? [])].flatMap(([name, values]) => values.map((it) => [name, it]));
      const grouped = [...new Map(pairs).keys()].flatMap((name) =>
        pairs.filter((pair) => pair[0] === name),
      );
      assert.deepEqual(found, grouped);
    }),
  );
});

test('never throws, and says when it cannot read', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseQuery(text)));
  assert.deepEqual(parseQuery(''), new Map());
  assert.deepEqual(parseQuery('__proto__=1'), new Map([['__proto__', ['1']]]));
  for (const text of ['%', 'a=%2', 'a=%zz', '%ff', 'a=%ed%a0%80']) {
    assert.equal(parseQuery(text), undefined, text);
  }
});
