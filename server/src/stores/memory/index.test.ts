/** The memory store keeps the promises of the port, and its order is that of UTF-8. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkStore } from '../conformance.ts';
import { openMemoryStore } from './index.ts';
import { compareUtf8 } from './sorted-index.ts';

checkStore('memory', async () => {
  const store = openMemoryStore();
  return { store, remove: () => store.close() };
});

test('compareUtf8 orders as the bytes do', () => {
  const text = fc.string({ unit: 'binary', maxLength: 5 });
  fc.assert(
    fc.property(text, text, text, (same, left, right) => {
      const bytes = Buffer.compare(Buffer.from(same + left), Buffer.from(same + right));
      assert.equal(Math.sign(compareUtf8(same + left, same + right)), bytes);
    }),
    { numRuns: 1000 },
  );
});
