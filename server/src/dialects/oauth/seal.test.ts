/**
 * Sealed values: whole, the same each time, and nobody else's.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { openWorld } from '../world.testing.ts';
import { createSeal } from './seal.ts';

test('what was closed can be opened, and is the same each time', async () => {
  const { services } = await openWorld();
  const { close, open } = createSeal(services.keyring, 'test');
  const value = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(value, (text) => {
      const closed = close(text);
      assert.match(closed, /^[\w-]+$/);
      assert.equal(open(closed), text.toWellFormed());
      assert.equal(close(text), closed);
      assert.ok(text.length < 4 || !Buffer.from(closed, 'base64url').includes(text));
    }),
  );
});

test('no letter can be changed, added or left out', async () => {
  const { services } = await openWorld();
  const { close, open } = createSeal(services.keyring, 'test');
  const letter = fc.constantFrom(...'ABCabc019-_=+/ .');
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.nat(), letter, (text, place, other) => {
      const closed = close(text);
      const at = place % closed.length;
      const changed = closed.slice(0, at) + other + closed.slice(at + 1);
      if (changed !== closed) assert.equal(open(changed), undefined);
      assert.equal(open(closed.slice(0, at)), undefined);
      assert.equal(open(closed + other), undefined);
    }),
    { numRuns: 500 },
  );
});

test('another use, and another server, cannot open it', async () => {
  const { services } = await openWorld();
  const { services: others } = await openWorld({ seed: 'others' });
  const closed = createSeal(services.keyring, 'test').close('lantern');
  assert.equal(createSeal(services.keyring, 'test').open(closed), 'lantern');
  assert.equal(createSeal(services.keyring, 'other').open(closed), undefined);
  assert.equal(createSeal(others.keyring, 'test').open(closed), undefined);
});
