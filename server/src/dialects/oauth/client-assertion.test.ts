/**
 * Client assertions: what proves a client, once, and what does not.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { StoreFault } from '../../stores/store.ts';
import { ASSERTION_TYPE } from './client-assertion.ts';
import { BASE, CLIENTS, ISSUER, openStage } from './oauth.testing.ts';

const SECRET = 'a secret that is long enough for HS256';
const REST = { realm: 'alpha', grant_types: [], scopes: ['read'] };

/** A client with two keys, one with a secret to sign with, and how they sign. */
async function openSigners() {
  const first = await generateKeyPair('ES256');
  const second = await generateKeyPair('ES256');
  const keys = [await exportJWK(first.publicKey), await exportJWK(second.publicKey)];
  const macs = { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_jwt' };
  const clients = [
    ...CLIENTS,
    { client_id: 'signs', jwks: { keys }, ...REST },
    { client_id: 'macs', ...macs, ...REST },
  ];
  const stage = await openStage({ clients });
  const now = () => Math.floor(stage.clock.now() / 1000);
  let count = 0;

  const claims = (client: string, more: JWTPayload = {}): JWTPayload => ({
    iss: client,
    sub: client,
    aud: ISSUER,
    exp: now() + 60,
    jti: `${count++}`,
    ...more,
  });
  const sign = (payload: JWTPayload, key: CryptoKey | Uint8Array, alg: string) =>
    new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
  const signed = (more: JWTPayload = {}, key = first.privateKey) =>
    sign(claims('signs', more), key, 'ES256');
  const maced = (more: JWTPayload = {}, secret = SECRET) =>
    sign(claims('macs', more), new TextEncoder().encode(secret), 'HS256');

  /** 200 means that the client was let in. */
  const knock = async (assertion: string, more: Record<string, string> = {}) => {
    const form = { client_assertion: assertion, client_assertion_type: ASSERTION_TYPE, ...more };
    const { status, json } = await stage.post('/introspect', { token: 'x', ...form });
    return status === 200 ? 200 : `${status} ${json.error}`;
  };
  return { ...stage, first, second, claims, sign, signed, maced, knock, now };
}

test('a key or a secret of the client proves it', async () => {
  const { knock, signed, maced, second } = await openSigners();
  assert.equal(await knock(await signed()), 200);
  assert.equal(await knock(await signed({}, second.privateKey)), 200, 'the second key as well');
  assert.equal(await knock(await signed(), { client_id: 'signs' }), 200);
  assert.equal(await knock(await maced()), 200);
});

test('an assertion is meant for us: the issuer, the token endpoint, or what is called', async () => {
  const { knock, signed, post } = await openSigners();
  for (const aud of [
    ISSUER,
    `${ISSUER}/access_token`,
    `${ISSUER}/introspect`,
    ['https://other.example', ISSUER],
  ]) {
    assert.equal(await knock(await signed({ aud })), 200, String(aud));
  }
  for (const aud of ['https://other.example', `${ISSUER}/token/revoke`, `${ISSUER}/`, undefined]) {
    assert.equal(await knock(await signed({ aud })), '401 invalid_client', String(aud));
  }
  const client_assertion = await signed({ aud: `${ISSUER}/token/revoke` });
  const form = { token: 'x', client_assertion, client_assertion_type: ASSERTION_TYPE };
  assert.equal((await post('/token/revoke', form)).status, 200);
});

test('with a base URL the name that a request uses counts for nothing', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [await exportJWK(publicKey)] };
  const options = {
    base_url: 'https://id.example',
    clients: [{ client_id: 'signs', jwks, ...REST }],
  };
  const { post, clock } = await openStage(options);
  for (const [aud, status] of [
    [ISSUER, 401],
    [`https://id.example${BASE}`, 200],
    [`https://id.example${BASE}/introspect`, 200],
  ] as const) {
    const exp = Math.floor(clock.now() / 1000) + 60;
    const client_assertion = await new SignJWT({ iss: 'signs', sub: 'signs', aud, exp, jti: aud })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    const form = { token: 'x', client_assertion, client_assertion_type: ASSERTION_TYPE };
    assert.equal((await post('/introspect', form)).status, status, aud);
  }
});

test('its jti is good once, and used up only when all the rest is right', async () => {
  const { knock, signed, maced, first, second, now, clock, services } = await openSigners();
  const good = await signed({ jti: 'one', exp: now() + 600 });
  const stranger = await generateKeyPair('ES256');
  for (const spoilt of [
    await signed({ jti: 'one' }, stranger.privateKey),
    await signed({ jti: 'one', aud: 'https://other.example' }),
    await signed({ jti: 'one', exp: now() - 31 }),
  ]) {
    assert.equal(await knock(spoilt), '401 invalid_client');
  }
  assert.equal(await knock(good, { client_id: 'macs' }), '401 invalid_client');
  assert.equal(await knock(good), 200);
  assert.equal(await knock(good), '401 invalid_client');
  assert.equal(await knock(await signed({ jti: 'one' }, second.privateKey)), '401 invalid_client');
  assert.equal(await knock(await maced({ jti: 'one' })), 200, "another client's jti is another");
  // Clocks may be apart: it would be good for a little longer than it says.
  clock.advance(625_000);
  await services.sessions.sweep(100);
  assert.equal(await knock(good), '401 invalid_client', 'remembered until it has expired');
  const all = await signed({ jti: 'race' }, first.privateKey);
  const knocks = await Promise.all(Array.from({ length: 8 }, () => knock(all)));
  assert.equal(knocks.filter((status) => status === 200).length, 1);
});

test('what is too old, lasts too long, or lacks a claim is refused', async () => {
  const { knock, signed, now } = await openSigners();
  const bad: JWTPayload[] = [
    { exp: now() - 31 },
    { exp: now() + 3601 },
    { exp: undefined },
    { jti: undefined },
    { jti: '' },
    { jti: 7 as unknown as string },
    { iss: 'macs' },
    { sub: 'macs' },
    { sub: undefined },
    { iss: undefined },
    { nbf: now() + 31 },
    { sub: ['signs'] as unknown as string },
  ];
  for (const claims of bad) {
    assert.equal(await knock(await signed(claims)), '401 invalid_client', JSON.stringify(claims));
  }
  assert.equal(await knock(await signed({ exp: now() - 29 })), 200, 'clocks differ');
  assert.equal(await knock(await signed({ exp: now() + 3600, nbf: now() + 29 })), 200);
});

test('no other key, method or client will do', async () => {
  const { knock, signed, maced, claims, sign, first, post } = await openSigners();
  const stranger = await generateKeyPair('ES256');
  const jwk = JSON.stringify(await exportJWK(first.publicKey));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const unsigned = [{ alg: 'none' }, claims('signs')]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  for (const [why, assertion] of [
    ['a stranger', await signed({}, stranger.privateKey)],
    ['a wrong secret', await maced({}, `${SECRET}!`)],
    ['its public key as a secret', await sign(claims('signs'), bytes(jwk), 'HS256')],
    ['a key where a secret belongs', await sign(claims('macs'), first.privateKey, 'ES256')],
    ['a client with a plain secret', await sign(claims('web'), bytes('web-secret'), 'HS256')],
    ['a public client', await sign(claims('spa'), first.privateKey, 'ES256')],
    ['nobody', await sign(claims('nobody'), first.privateKey, 'ES256')],
    ['no signature', `${unsigned}.`],
    ['garbage', 'a.b.c'],
  ] as const) {
    assert.equal(await knock(assertion), '401 invalid_client', why);
  }
  assert.equal(await knock(await signed(), { client_id: 'macs' }), '401 invalid_client');
  const other = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2' };
  assert.equal(await knock(await signed(), other), '401 invalid_client');
  const secret = { client_id: 'macs', client_secret: SECRET };
  const plain = await post('/introspect', { token: 'x', ...secret });
  assert.equal(
    plain.json.error_description,
    'Invalid authentication method for accessing this endpoint.',
  );
  assert.equal(plain.status, 401);
});

test('an assertion beside a secret is one method too many', async () => {
  const { knock, signed, post } = await openSigners();
  assert.equal(await knock(await signed(), { client_secret: 'x' }), '400 invalid_request');
  const form = { client_assertion: await signed(), client_assertion_type: ASSERTION_TYPE };
  const headers = { Authorization: `Basic ${btoa('signs:x')}` };
  assert.equal((await post('/introspect', { token: 'x', ...form }, headers)).status, 400);
  for (const half of Object.entries(form)) {
    const { status } = await post('/introspect', { token: 'x', ...Object.fromEntries([half]) });
    assert.equal(status, 401);
  }
});

test('a store that is down is no verdict on an assertion', async () => {
  const { knock, signed, store } = await openSigners();
  store.commit = () => Promise.reject(new StoreFault('down'));
  await assert.rejects(async () => knock(await signed()), StoreFault);
});

test('whatever it names as its subject, it fails like any other', async () => {
  const { knock } = await openSigners();
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const sub of [{ toString: 1 }, { toString: null, valueOf: null }, ['signs'], 5, null]) {
    const assertion = `${part({ alg: 'ES256' })}.${part({ iss: sub, sub })}.AAAA`;
    assert.equal(await knock(assertion), '401 invalid_client', JSON.stringify(sub));
  }
});
