/**
 * The signed tokens: checked by jose, with the vectors and times of the standards.
 */

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Grant } from '../../engine/session.ts';
import { authenticationClaims, authenticationFacts } from './authentication.ts';
import { BASE, CHALLENGE, ISSUER, openStage, VERIFIER } from './oauth.testing.ts';
import { challengeOf, isChallenge } from './pkce.ts';
import { timesOf } from './times.ts';

test('jose verifies both tokens with the published keys', async () => {
  const { signIn, codeOf, exchange, send, clock, people } = await openStage();
  const { text, session } = await signIn();
  clock.advance(5000);
  const code = await codeOf(text, { scope: 'openid edit', nonce: 'n-0S6_WzA2Mj' });
  const { json } = await exchange(code);
  const published = await send({ path: `${BASE}/connect/jwk_uri` });
  const keys = createLocalJWKSet(JSON.parse(published.body) as JSONWebKeySet);
  const currentDate = new Date(clock.now());

  const access = await jwtVerify(json.access_token, keys, {
    typ: 'at+jwt',
    issuer: ISSUER,
    audience: ISSUER,
    currentDate,
  });
  const { jti, iat, ...claims } = access.payload;
  assert.match(jti ?? '', /^[\w-]{22}$/);
  assert.equal(iat, Math.floor(clock.now() / 1000));
  assert.deepEqual(claims, {
    iss: ISSUER,
    sub: people.ada.subject,
    aud: ISSUER,
    client_id: 'web',
    scope: 'openid edit',
    exp: iat + 900,
    auth_time: iat - 5,
    sid: session.id,
    grant: 2,
    generation: 1,
  });

  const id = await jwtVerify(json.id_token, keys, {
    issuer: ISSUER,
    audience: 'web',
    currentDate,
  });
  const digest = createHash('sha256').update(json.access_token).digest();
  assert.deepEqual(id.payload, {
    iss: ISSUER,
    sub: people.ada.subject,
    aud: 'web',
    exp: iat + 900,
    iat,
    auth_time: iat - 5,
    acr: '0',
    nonce: 'n-0S6_WzA2Mj',
    sid: session.id,
    at_hash: digest.subarray(0, 16).toString('base64url'),
  });
});

test('PKCE: the vector of RFC 7636, appendix B, and the bounds of section 4.1', () => {
  assert.equal(challengeOf(VERIFIER), CHALLENGE);
  assert.equal(isChallenge(CHALLENGE), true);
  for (const length of [43, 128]) assert.ok(challengeOf('~'.repeat(length)));
  for (const text of ['', 'a'.repeat(42), 'a'.repeat(129), `${VERIFIER}+`, `${VERIFIER}\n`]) {
    assert.equal(challengeOf(text), undefined, text);
  }
  for (const text of ['', CHALLENGE.slice(1), `${CHALLENGE}A`, `${CHALLENGE.slice(1)}=`]) {
    assert.equal(isChallenge(text), false, text);
  }
});

test('times count from the rotation, and never from the retry', () => {
  const HOUR = 3_600_000;
  const grant = { rotatedAt: 1_000_500, endsAt: 100 * HOUR } as Grant;
  const at = (now: number, endsAt = grant.endsAt) => timesOf({ ...grant, endsAt }, HOUR, now);
  assert.deepEqual(at(1_000_500), { issuedAt: 1000, expiresAt: 4600, expiresIn: 3600 });
  assert.deepEqual(at(1_060_499), { issuedAt: 1000, expiresAt: 4600, expiresIn: 3540 });
  assert.deepEqual(at(4_599_999), { issuedAt: 1000, expiresAt: 4600, expiresIn: 1 });
  assert.deepEqual(at(4_600_000), { issuedAt: 4600, expiresAt: 8200, expiresIn: 3600 });
  assert.deepEqual(at(999_000), { issuedAt: 1000, expiresAt: 4600, expiresIn: 3601 });
  assert.deepEqual(at(1_000_500, 1_060_400), { issuedAt: 1000, expiresAt: 1061, expiresIn: 61 });
  for (const life of [0, 1, 500, 1999]) {
    const times = timesOf(grant, life, 1_001_400);
    assert.deepEqual(times, { issuedAt: 1001, expiresAt: 1002, expiresIn: 1 }, `${life} ms`);
  }
});

test('an ID token says how the person signed in, where that is known', async () => {
  const { signIn } = await openStage();
  const { session } = await signIn();
  const auth_time = session.authenticatedAt / 1000;
  const grant = { facts: {} };
  assert.deepEqual(authenticationClaims(session, grant), { auth_time, acr: '0' });
  const texted = { ...session, methods: ['otp', 'sms'] };
  const claims = { auth_time, acr: '1', amr: ['otp', 'sms'] };
  assert.deepEqual(authenticationClaims(texted, grant), claims);
  // What the grant has kept stays, whatever sign-in comes later.
  const kept = { facts: authenticationFacts(texted) };
  const later = { ...session, methods: ['pwd'], authenticatedAt: session.authenticatedAt + 5000 };
  assert.deepEqual(authenticationClaims(later, kept), claims);
});
