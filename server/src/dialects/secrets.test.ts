/**
 * The comparison of secrets.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSecretSet, sameSecret } from './secrets.ts';

test('tells equal secrets from others, of any length', () => {
  assert.ok(sameSecret('demo', 'demo'));
  assert.ok(!sameSecret('demo', 'demo '));
  assert.ok(!sameSecret('', 'demo'));
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(fc.property(text, text, (a, b) => assert.equal(sameSecret(a, b), a === b)));
  fc.assert(fc.property(text, (a) => assert.ok(sameSecret(a, a))));
});

test('a set names every entry of a secret, and looks at the configured ones once', () => {
  const looked: string[] = [];
  const entries = [
    { name: 'one', secret: 'a' },
    { name: 'two', secret: 'b' },
    { name: 'three', secret: 'a' },
  ];
  const set = createSecretSet(entries, ({ name, secret }) => {
    looked.push(name);
    return secret;
  });
  const namesOf = (presented: string) => set.entriesOf(presented).map(({ name }) => name);
  assert.deepEqual(namesOf('a'), ['one', 'three']);
  assert.deepEqual(namesOf('b'), ['two']);
  for (const other of ['', 'A', 'a ', 'ab']) assert.deepEqual(namesOf(other), []);
  assert.deepEqual(looked, ['one', 'two', 'three']);
  assert.deepEqual(createSecretSet([], String).entriesOf(''), []);
});
