/**
 * The numbers that stand for names.
 */

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { numberOf } from './numbers.ts';
import { openWorld } from './world.testing.ts';

test('a number is the first 53 bits of the hash of its name, for ever', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (name) => {
      const hex = createHash('sha256').update(JSON.stringify(name)).digest('hex');
      const number = numberOf(...name);
      assert.ok(Number.isSafeInteger(number));
      assert.equal(BigInt(number), BigInt(`0x${hex}`) >> 203n);
    }),
  );
  assert.notEqual(numberOf('ab', 'c'), numberOf('a', 'bc'));
});

test('a person’s number in the directory is the one that the name has here', async () => {
  const { services, people } = await openWorld();
  const { realm, subject, number } = people.ada;
  assert.equal(number, numberOf('user', realm, subject));
  assert.equal((await services.directory.findByNumber(realm, number))?.subject, subject);
});
