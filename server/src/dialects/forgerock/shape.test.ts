/**
 * The shape of a session token.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFromBytes } from '../../sessions/ids.ts';
import { CHECK_BITS, type Token } from '../../sessions/token.ts';
import { anyToken, assertEachLetterCounts } from '../shapes.testing.ts';
import { KIND, shape } from './shape.ts';

const tokens = anyToken(KIND);

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*= ';

test('reads what it wrote', () => {
  fc.assert(
    fc.property(tokens, (token) => assert.deepEqual(shape.read(shape.write(token)), token)),
  );
});

test('has the look of an AM token, always equally long', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const text = shape.write(token);
      assert.match(text, /^[\w-]{27}\.\*AAJTSQACMDEAAlNL[\w-]{23}\.\*$/);
      assert.equal(text.length, 70);
      assert.ok(!text.includes('eyJ'));
    }),
  );
});

test('a changed letter makes it unreadable, or another token', () => {
  fc.assert(
    fc.property(tokens, (token) => assertEachLetterCounts(shape, token, LETTERS)),
    { numRuns: 10 },
  );
});

test('keeps the mark of a client-side session out', () => {
  for (let at = 0; at + 3 <= 16; at += 1) {
    const mac = Buffer.alloc(16);
    Buffer.from('eyJeyJ', 'base64url').copy(mac, at);
    const token: Token = {
      ...{ kind: KIND, id: idFromBytes(Buffer.alloc(10)), slot: 0, generation: 0, keyId: 3 },
      ...{ check: 0, checkBits: CHECK_BITS, mac },
    };
    const text = shape.write(token);
    assert.ok(!text.includes('eyJ'), text);
    assert.deepEqual(shape.read(text), token);
  }
});

test('reads nothing else', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String());
  fc.assert(fc.property(anything, (text) => assert.equal(shape.read(text), undefined)));
});
