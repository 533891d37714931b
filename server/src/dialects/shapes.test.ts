/**
 * The wide shape of tokens.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFromBytes } from '../sessions/ids.ts';
import { CHECK_BITS, type Token } from '../sessions/token.ts';
import { packToken, prefixed, unpackToken } from './shapes.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const tokens: fc.Arbitrary<Token> = fc
  .record({
    id: bytes(10).map(idFromBytes),
    slot: fc.integer({ min: 0, max: 0xffff }),
    generation: fc.integer({ min: 0, max: 0xffff_ffff }),
    keyId: fc.integer({ min: 0, max: 7 }),
    check: fc.integer({ min: 0, max: 0xffff_ffff }),
    mac: bytes(16).map((mac) => Buffer.from(mac)),
  })
  .map((token) => ({ ...token, kind: 'some', checkBits: CHECK_BITS }));

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
    fc.property(tokens, (token) => {
      const text = some.write(token);
      const packed = packToken(token);
      for (let at = 0; at < text.length; at++) {
        for (const letter of LETTERS) {
          if (letter === text.charAt(at)) continue;
          const read = some.read(text.slice(0, at) + letter + text.slice(at + 1));
          assert.ok(!read || !packToken(read).equals(packed));
        }
      }
    }),
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
