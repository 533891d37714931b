/** Tables: columns that line up, in 80 characters, whatever stands in them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { table, wrap } from './table.ts';

test('columns line up, and the last one is wrapped under itself', () => {
  const words = 'word '.repeat(20).trim();
  assert.deepEqual(
    table(
      [
        ['a', 'bb', 'short'],
        ['aaa', 'b', `${words}\nand more`],
      ],
      2,
    ),
    [
      '  a    bb  short',
      `  aaa  b   ${'word '.repeat(14).trim()}`,
      `           ${'word '.repeat(6).trim()}`,
      '           and more',
    ],
  );
  assert.deepEqual(table([]), []);
});

test('wrapping loses no word, and makes no line longer than it must be', () => {
  const word = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/\s/.test(text));
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1 }),
      fc.integer({ min: 24, max: 80 }),
      (all, width) => {
        const lines = wrap(all.join(' '), width);
        assert.deepEqual(lines.join(' ').split(' '), all);
        for (const line of lines) assert.ok([...line].length <= width || !line.includes(' '));
      },
    ),
  );
});
