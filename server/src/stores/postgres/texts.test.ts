/** Texts come back as they went in, hold no NUL on the way, and keep their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeText, encodeText } from './texts.ts';

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('\0', '\x01', '\x02', 'a', '\uffff', '😀'), maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

test('a text comes back as it went in, and PostgreSQL can hold it', () => {
  fc.assert(
    fc.property(text, (plain) => {
      const encoded = encodeText(plain);
      assert.ok(!encoded.includes('\0'));
      assert.equal(decodeText(encoded), plain);
    }),
    { numRuns: 2000 },
  );
});

test('encoded texts sort as the plain ones do', () => {
  const order = (left: string, right: string) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right));
  fc.assert(
    fc.property(text, text, (left, right) => {
      assert.equal(order(encodeText(left), encodeText(right)), order(left, right));
    }),
    { numRuns: 5000 },
  );
});

test('what has neither of the two characters is left as it is', () => {
  assert.equal(encodeText('{"a":"é😀\\u0000"}'), '{"a":"é😀\\u0000"}');
});
