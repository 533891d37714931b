/**
 * The wide shape of tokens.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyToken, assertEachLetterCounts } from './shapes.testing.ts';
import { packToken, prefixed, unpackToken } from './shapes.ts';

const tokens = anyToken('some');

const some = prefixed('some', 'lamp_so_');

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ \n';

test('packs a token and back', () => {
  fc.assert(
    fc.property(tokens, (token) => assert.deepEqual(unpackToken('some', packToken(token)), token)),
  );
  assert.equal(unpackToken('some', Buffer.alloc(36)), undefined);
  assert.equal(unpackToken('some', Buffer.alloc(38)), undefined);
});

test('reads what it wrote', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const text = some.write(token);
      assert.match(text, /^lamp_so_[\w-]{50}$/);
      assert.deepEqual(some.read(text), token);
    }),
  );
});

test('a changed letter makes it unreadable, or another token', () => {
  fc.assert(
    fc.property(tokens, (token) => assertEachLetterCounts(some, token, LETTERS)),
    { numRuns: 10 },
  );
});

test('reads nothing longer, shorter, or of another prefix', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const text = some.write(token);
      for (const other of [`${text}A`, `${text}\n`, text.slice(1), text.slice(0, -1), ` ${text}`]) {
        assert.equal(some.read(other), undefined);
      }
      assert.equal(some.read(text.replace('lamp_so_', 'lamp_rt_')), undefined);
    }),
  );
});
