/** Owns the proof that both spellings of a signature are OpenSSL's own, leading zeros included. */

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { derToRaw, rawToDer } from './ecdsa.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('signatures convert as OpenSSL converts them', () => {
  // One in 500 is short enough to be told by its length, and one must be met.
  const lengths = new Set<number>();
  for (let round = 0; round < 2_000 || lengths.size < 4; round++) {
    const data = Buffer.from(`message ${round}`);
    const der = sign('sha256', data, privateKey);
    lengths.add(der.length);
    assert.deepEqual(rawToDer(derToRaw(der)), der);
    if (round % 20 !== 0) continue;
    const raw = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha256', data, raw, derToRaw(der)));
  }
});

test('any 64 bytes go to DER and back', () => {
  const half = fc
    .tuple(fc.nat(32), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([zeros, bytes]) => Buffer.from(bytes).fill(0, 0, zeros));
  fc.assert(
    fc.property(half, half, (r, s) => {
      const raw = Buffer.concat([r, s]);
      const der = rawToDer(raw);
      assert.ok(der);
      assert.deepEqual(derToRaw(der), raw);
      assert.equal(verify('sha256', raw, publicKey, der), false);
    }),
  );
});

test('no other length has a DER', () => {
  for (const length of [0, 1, 63, 65, 128]) {
    assert.equal(rawToDer(Buffer.alloc(length, 1)), undefined);
  }
});
