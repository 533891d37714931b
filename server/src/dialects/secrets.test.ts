/**
 * The comparison of secrets.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { sameSecret } from './secrets.ts';

test('tells equal secrets from others, of any length', () => {
  assert.ok(sameSecret('demo', 'demo'));
  assert.ok(!sameSecret('demo', 'demo '));
  assert.ok(!sameSecret('', 'demo'));
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(fc.property(text, text, (a, b) => assert.equal(sameSecret(a, b), a === b)));
  fc.assert(fc.property(text, (a) => assert.ok(sameSecret(a, a))));
});
