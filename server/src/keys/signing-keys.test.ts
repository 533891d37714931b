/** Owns the proof that our compact JWS are everybody's: checked against `jose`, both ways. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CompactSign, calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import type { SigningAlgorithm } from './keyring.ts';
import { generateSigningKey, openSigningKey } from './signing-keys.ts';

const TYP = 'at+jwt';
const CLAIMS = { sub: 'ada', name: 'آدا لامب', scope: ['read', 'write'], exp: 1 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function freshKey(algorithm: SigningAlgorithm) {
  const stored = { ...(await generateSigningKey(algorithm)), createdAt: 0, supersededAt: null };
  return { stored, key: openSigningKey(stored) };
}

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
  describe(algorithm, async () => {
    const { stored, key } = await freshKey(algorithm);
    const publicJwk = key.publicJwk as JWK;
    const joseSign = async (header: Record<string, unknown>, claims: unknown = CLAIMS) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm, ...header })
        .sign(await importJWK(stored.jwk as JWK, algorithm));

    test('jose verifies what we sign', async () => {
      const found = await compactVerify(key.sign(CLAIMS, TYP), await importJWK(publicJwk));
      assert.deepEqual(found.protectedHeader, { alg: algorithm, kid: stored.kid, typ: TYP });
      assert.deepEqual(JSON.parse(Buffer.from(found.payload).toString()), CLAIMS);
    });

    test('we verify what jose signs with the same key and header', async () => {
      assert.deepEqual(key.verify(await joseSign({ kid: stored.kid, typ: TYP }), TYP), CLAIMS);
    });

    test('the key id is the thumbprint of RFC 7638, and the public key has no private member', async () => {
      assert.equal(stored.kid, await calculateJwkThumbprint(publicJwk, 'sha256'));
      assert.equal(publicJwk.kid, stored.kid);
      const { kty, ...rest } = publicJwk;
      assert.ok(kty);
      const names = {
        ES256: 'alg crv kid use x y',
        EdDSA: 'alg crv kid use x',
        RS256: 'alg e kid n use',
      };
      assert.equal(Object.keys(rest).sort().join(' '), names[algorithm]);
    });

    test('any claims come back as they went', () => {
      const anyClaims = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
      fc.assert(
        fc.property(anyClaims, (claims) => {
          const text = JSON.stringify(claims);
          assert.equal(JSON.stringify(key.verify(key.sign(claims, TYP), TYP)), text);
        }),
        { numRuns: 30 },
      );
    });

    test('another type, key, or header is refused, however well it is signed', async () => {
      const { kid } = stored;
      const other = await freshKey(algorithm);
      assert.equal(key.verify(key.sign(CLAIMS, 'id+jwt'), TYP), undefined);
      assert.equal(key.verify(other.key.sign(CLAIMS, TYP), TYP), undefined);
      const otherKeyOurKid = openSigningKey({ ...other.stored, kid }).sign(CLAIMS, TYP);
      assert.equal(key.verify(otherKeyOurKid, TYP), undefined);
      assert.equal(key.verify(await joseSign({ typ: TYP }), TYP), undefined);
      assert.equal(key.verify(await joseSign({ kid: 'unknown', typ: TYP }), TYP), undefined);
      assert.equal(key.verify(await joseSign({ kid }), TYP), undefined);
      assert.equal(key.verify(await joseSign({ kid, typ: TYP, jku: 'https://x' }), TYP), undefined);
    });

    test('no other algorithm is taken for this one', () => {
      const { kid } = stored;
      const payload = encode(CLAIMS);
      const [, , genuine] = key.sign(CLAIMS, TYP).split('.');
      for (const alg of ['none', 'None', '', 'HS256', 'ES384', 'PS256', null, undefined]) {
        const input = `${encode({ alg, kid, typ: TYP })}.${payload}`;
        assert.equal(key.verify(`${input}.`, TYP), undefined);
        assert.equal(key.verify(`${input}.${genuine}`, TYP), undefined);
      }
      // The classic confusion: an HMAC with the public key as its secret.
      for (const header of [
        { alg: 'HS256', kid, typ: TYP },
        { alg: algorithm, kid, typ: TYP },
      ]) {
        const input = `${encode(header)}.${payload}`;
        const mac = createHmac('sha256', JSON.stringify(key.publicJwk)).update(input);
        assert.equal(key.verify(`${input}.${mac.digest('base64url')}`, TYP), undefined);
      }
    });

    test('no mangled token is taken, and none throws', () => {
      const jws = key.sign(CLAIMS, TYP);
      for (let at = 0; at < jws.length; at++) {
        for (const mangled of [
          jws.slice(0, at),
          jws.slice(at + 1),
          jws.slice(0, at) + jws.slice(at + 1),
          `${jws.slice(0, at)}${jws[at] === 'A' ? 'B' : 'A'}${jws.slice(at + 1)}`,
          // The same low byte as the letter that it replaces.
          jws.slice(0, at) + String.fromCharCode(jws.charCodeAt(at) + 0x100) + jws.slice(at + 1),
        ]) {
          assert.equal(key.verify(mangled, TYP), undefined);
        }
      }
      for (const added of ['=', '==', '.', ' ', '\n', 'A', '\u0000', `.${'A'.repeat(86)}`]) {
        assert.equal(key.verify(jws + added, TYP), undefined);
        assert.equal(key.verify(added + jws, TYP), undefined);
      }
    });

    test('another spelling of the last letter of a signature is refused', () => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const jws = key.sign(CLAIMS, TYP);
      const taken = [...alphabet].filter((last) => key.verify(jws.slice(0, -1) + last, TYP));
      assert.deepEqual(taken, [jws.at(-1)]);
    });

    test('garbage and huge input are refused without a throw', () => {
      const [header] = key.sign(CLAIMS, TYP).split('.');
      const huge = 'A'.repeat(8 * 1024 * 1024);
      for (const garbage of [
        '',
        '.',
        '..',
        '...',
        huge,
        '.'.repeat(1e6),
        `${header}`,
        `${header}.`,
      ]) {
        assert.equal(key.verify(garbage, TYP), undefined);
      }
      for (const tail of ['', '.', '..', huge, `${huge}.`, `${huge}.${huge}`, '\ud800.\udfff']) {
        assert.equal(key.verify(`${header}.${tail}`, TYP), undefined);
      }
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          assert.equal(key.verify(text, TYP), undefined);
          assert.equal(key.verify(`${header}.${text}`, TYP), undefined);
        }),
      );
    });
  });
}

test('a header is made once for each type, and types are constants', async (context) => {
  const { key } = await freshKey('EdDSA');
  const jws = key.sign(CLAIMS, TYP);
  const stringify = context.mock.method(JSON, 'stringify');
  assert.equal(key.sign(CLAIMS, TYP), jws);
  assert.deepEqual(key.verify(jws, TYP), CLAIMS);
  assert.equal(stringify.mock.callCount(), 1, 'the claims alone');
  for (let made = 1; made < 100; made++) key.verify(jws, `type ${made}`);
  assert.throws(() => key.verify(jws, 'one more'), /must be a constant/);
});
