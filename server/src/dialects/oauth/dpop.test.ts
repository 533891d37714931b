/**
 * DPoP: proofs that are right, once, and tokens that are of use to nobody else.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openHolder, type ProofAsk } from './dpop.testing.ts';
import {
  BASE,
  CHALLENGE,
  CLIENTS,
  claimsOf,
  type Form,
  openStage,
  SPA,
  VERIFIER,
  WEB,
} from './oauth.testing.ts';

async function openBound(options: object = {}) {
  const stage = await openStage(options);
  const ada = await openHolder(stage.clock.now);

  /** A sign-in and exchange whose tokens are bound to a key. */
  async function bound(client: 'web' | 'spa', scope = 'openid edit', holder = ada) {
    const { text, session } = await stage.signIn();
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const code = await stage.codeOf(text, { client_id: client, scope, ...pkce });
    const proof = { ...(client === 'web' ? WEB : SPA), code_verifier: VERIFIER };
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...proof };
    const { status, json } = await stage.token(form, await holder.headers());
    assert.equal(status, 200, JSON.stringify(json));
    return { json, session };
  }

  const renew = async (token: string, client: Form, headers: Record<string, string> = {}) =>
    stage.token({ grant_type: 'refresh_token', refresh_token: token, ...client }, headers);

  /** Userinfo, by a proof of whom it is told. */
  async function userinfo(token: string, holder = ada, ask: ProofAsk = {}, scheme = 'DPoP') {
    const dpop = await holder.proof({ method: 'GET', path: '/userinfo', token, ...ask });
    const headers = { Authorization: `${scheme} ${token}`, DPoP: dpop };
    const { status, headers: sent, body } = await stage.send({ path: `${BASE}/userinfo`, headers });
    return { status, error: JSON.parse(body).error, challenge: String(sent['WWW-Authenticate']) };
  }
  return { ...stage, ada, bound, renew, userinfo };
}

const CALLBACK = 'http://127.0.0.1:9999/callback';

test('a proof binds the tokens to its key', async () => {
  const { bound, ada, post, userinfo } = await openBound();
  const { json } = await bound('spa');
  assert.equal(json.token_type, 'DPoP');
  assert.deepEqual(claimsOf(json.access_token).cnf, { jkt: ada.jkt });
  const seen = (await post('/introspect', { token: json.access_token, ...SPA })).json;
  assert.deepEqual([seen.active, seen.token_type, seen.cnf], [true, 'DPoP', { jkt: ada.jkt }]);
  assert.equal((await userinfo(json.access_token)).status, 200);
});

test('every algorithm that is named can be used', async () => {
  const { token, clock, send } = await openBound({
    clients: CLIENTS.map((one) =>
      one.client_id === 'web'
        ? { ...one, grant_types: ['client_credentials'], redirect_uris: [] }
        : one,
    ),
  });
  const { body } = await send({ path: `${BASE}/.well-known/openid-configuration` });
  const named: string[] = JSON.parse(body).dpop_signing_alg_values_supported;
  assert.ok(named.includes('ES256'));
  for (const alg of named) {
    const holder = await openHolder(clock.now, alg);
    const form = { grant_type: 'client_credentials', scope: 'read', ...WEB };
    const { status, json } = await token(form, await holder.headers());
    assert.deepEqual([status, json.token_type], [200, 'DPoP'], alg);
    assert.deepEqual(claimsOf(json.access_token).cnf, { jkt: holder.jkt });
  }
});

test("a public client's refresh token is of no use without the key", async () => {
  const { bound, renew, ada, clock } = await openBound();
  const eve = await openHolder(clock.now);
  const { json } = await bound('spa');
  for (const headers of [{}, await eve.headers()]) {
    const { status, json: said } = await renew(json.refresh_token, SPA, headers);
    assert.deepEqual([status, said.error], [400, 'invalid_grant']);
    assert.match(said.error_description, /another key/);
  }
  const renewed = await renew(json.refresh_token, SPA, await ada.headers());
  assert.equal(renewed.status, 200);
  assert.deepEqual(claimsOf(renewed.json.access_token).cnf, { jkt: ada.jkt });
});

test('a retry 30 s later with a new key gets the same successor, for the new key', async () => {
  const { bound, renew, clock, userinfo } = await openBound();
  const { json } = await bound('web');
  const [first, second] = [await openHolder(clock.now), await openHolder(clock.now)];
  const lost = await renew(json.refresh_token, WEB, await first.headers());
  assert.deepEqual(claimsOf(lost.json.access_token).cnf, { jkt: first.jkt });
  clock.advance(30_000);
  const again = await renew(json.refresh_token, WEB, await second.headers());
  assert.equal(again.status, 200);
  assert.equal(again.json.refresh_token, lost.json.refresh_token);
  const { cnf, ...claims } = claimsOf(again.json.access_token);
  const { cnf: _, ...lostClaims } = claimsOf(lost.json.access_token);
  assert.deepEqual(cnf, { jkt: second.jkt });
  assert.deepEqual(claims, lostClaims, 'the same id and times');
  assert.equal((await userinfo(again.json.access_token, second)).status, 200);
  // The successor was seen in use, and the overlap is over: the previous one is spent.
  clock.advance(10_000);
  const spent = await renew(json.refresh_token, WEB, await second.headers());
  assert.deepEqual([spent.status, spent.json.error], [400, 'invalid_grant']);
  assert.match(spent.json.error_description, /token_replayed/);
});

test('a retry with the key of a public client gets the very same token', async () => {
  const { bound, renew, ada, clock } = await openBound();
  const { json } = await bound('spa');
  const lost = await renew(json.refresh_token, SPA, await ada.headers());
  clock.advance(30_000);
  const again = await renew(json.refresh_token, SPA, await ada.headers());
  assert.equal(again.json.refresh_token, lost.json.refresh_token);
  assert.deepEqual(claimsOf(again.json.access_token), claimsOf(lost.json.access_token));
});

test('20 tabs with proofs of their own get one successor', async () => {
  const { bound, renew, ada } = await openBound();
  const { json } = await bound('spa');
  const tabs = Array.from({ length: 20 }, async () =>
    renew(json.refresh_token, SPA, await ada.headers()),
  );
  const tokens = (await Promise.all(tabs)).map((tab) => tab.json.refresh_token);
  assert.equal(new Set(tokens).size, 1);
  assert.ok(tokens[0]);
});

test('a bound token is nothing to whoever stole it, and no evidence in their hands', async () => {
  const { bound, userinfo, clock, send, dialect, renew } = await openBound();
  const eve = await openHolder(clock.now);
  const { json } = await bound('web');
  const first = await openHolder(clock.now);
  const renewed = await renew(json.refresh_token, WEB, await first.headers());
  const text = renewed.json.access_token;
  const stolen = await userinfo(text, eve);
  assert.deepEqual([stolen.status, stolen.error], [401, 'invalid_token']);
  assert.match(stolen.challenge, /^DPoP realm="\/alpha", error="invalid_token", .*algs="ES256 /);
  const asBearer = await userinfo(text, first, {}, 'Bearer');
  assert.deepEqual([asBearer.status, asBearer.error], [401, 'invalid_token']);
  assert.match(asBearer.challenge, /^Bearer /);
  const headers = { Authorization: `DPoP ${text}` };
  assert.equal((await send({ path: `${BASE}/userinfo`, headers })).status, 401, 'no proof');
  assert.equal(await dialect.readAccessToken?.(text, 'alpha'), undefined);
  // None of that spoke for the owner: the retry is still honest long after the overlap.
  clock.advance(30_000);
  assert.equal((await renew(json.refresh_token, WEB)).status, 200);
});

test('a token that is bound to no key is no DPoP token', async () => {
  const { granted, userinfo } = await openBound();
  const { json } = await granted('web');
  const { status, error } = await userinfo(json.access_token);
  assert.deepEqual([status, error], [401, 'invalid_token']);
});

test('a proof at a resource names the token, the method and the URL', async () => {
  const { bound, userinfo } = await openBound();
  const { json } = await bound('spa');
  const other = (await bound('spa')).json.access_token;
  for (const ask of [
    { token: other },
    { claims: { ath: undefined } },
    { method: 'POST' },
    { path: '/introspect' },
  ] as ProofAsk[]) {
    const { status, error, challenge } = await userinfo(json.access_token, undefined, ask);
    assert.deepEqual([status, error], [401, 'invalid_dpop_proof'], JSON.stringify(ask));
    assert.match(challenge, /^DPoP realm="\/alpha", error="invalid_dpop_proof"/);
  }
});

test('what is wrong with a proof is said, and the refresh token was not used', async () => {
  const { bound, renew, ada, clock } = await openBound();
  const { json } = await bound('spa');
  const now = Math.floor(clock.now() / 1000);
  const eve = await openHolder(clock.now);
  const giant = await openHolder(clock.now, 'RS256', 4352);
  const used = await ada.proof();
  assert.equal((await renew('x', SPA, { DPoP: used })).json.error, 'invalid_grant');
  for (const [why, proof] of [
    ['garbage', 'x'],
    ['two proofs', `${await ada.proof()}, ${await ada.proof()}`],
    ['another type', await ada.proof({ header: { typ: 'JWT' } })],
    ["another's key", await ada.proof({ header: { jwk: eve.jwk } })],
    ['a private key', await ada.proof({ header: { jwk: ada.privateJwk } })],
    ['no key', await ada.proof({ header: { jwk: undefined } })],
    ['a key that is too large', await giant.proof()],
    ['a secret as a key', await ada.proof({ header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } })],
    ['another method', await ada.proof({ method: 'GET' })],
    ['another endpoint', await ada.proof({ path: '/introspect' })],
    ['another host', await ada.proof({ claims: { htu: `https://evil.example${BASE}` } })],
    ['no URL', await ada.proof({ claims: { htu: 'access_token' } })],
    ['no htu', await ada.proof({ claims: { htu: undefined } })],
    ['no jti', await ada.proof({ claims: { jti: undefined } })],
    ['an empty jti', await ada.proof({ claims: { jti: '' } })],
    ['no iat', await ada.proof({ claims: { iat: undefined } })],
    ['too old', await ada.proof({ claims: { iat: now - 61 } })],
    ['from the future', await ada.proof({ claims: { iat: now + 62 } })],
    ['used before', used],
  ] as const) {
    const { status, json: said } = await renew(json.refresh_token, SPA, { DPoP: proof });
    assert.deepEqual([status, said.error], [400, 'invalid_dpop_proof'], why);
  }
  const late = await ada.headers({ claims: { iat: now - 59 } });
  assert.equal((await renew(json.refresh_token, SPA, late)).status, 200);
});

test('query, fragment and letter case of the host are no part of the URL', async () => {
  const { bound, renew, ada } = await openBound();
  const { json } = await bound('spa');
  const htu = `HTTP://127.0.0.1:8080${BASE}/access_token?x=1#y`;
  const headers = await ada.headers({ claims: { htu } });
  assert.equal((await renew(json.refresh_token, SPA, headers)).status, 200);
});

test('a jti is remembered until its proof is too old, also by one that is from the future', async () => {
  const { bound, renew, ada, clock, services } = await openBound();
  const { json } = await bound('spa');
  const iat = Math.floor(clock.now() / 1000) + 59;
  const headers = await ada.headers({ claims: { iat, jti: 'once' } });
  assert.equal((await renew('x', SPA, headers)).json.error, 'invalid_grant');
  for (const ms of [0, 60_000, 58_000]) {
    clock.advance(ms);
    await services.sessions.sweep(100);
    const { json: said } = await renew(json.refresh_token, SPA, headers);
    assert.deepEqual(
      [said.error, said.error_description],
      ['invalid_dpop_proof', 'The DPoP proof was used before'],
    );
  }
});

test('with nonces on, a proof needs the current one or the one before', async () => {
  const { signIn, codeOf, token, ada, clock, userinfo, send } = await openBound({
    dpop: { nonce: 'on' },
  });
  const { text } = await signIn();
  const code = await codeOf(text, { scope: 'openid edit' });
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...WEB };
  const first = await token(form, await ada.headers());
  assert.deepEqual([first.status, first.json.error], [400, 'use_dpop_nonce']);
  const nonce = String(first.headers['DPoP-Nonce']);
  assert.match(nonce, /^[\w-]{43}$/);
  const wrong = await ada.headers({ claims: { nonce: `${nonce.slice(1)}x` } });
  assert.equal((await token(form, wrong)).json.error, 'use_dpop_nonce');
  const granted = await token(form, await ada.headers({ claims: { nonce } }));
  assert.equal(granted.status, 200, 'the code was not used by the failures');
  assert.equal(granted.headers['DPoP-Nonce'], nonce);
  const { access_token } = granted.json;
  const challenged = await userinfo(access_token);
  assert.deepEqual([challenged.status, challenged.error], [401, 'use_dpop_nonce']);
  clock.advance(150_000);
  assert.equal((await userinfo(access_token, ada, { claims: { nonce } })).status, 200);
  clock.advance(150_000);
  const late = await userinfo(access_token, ada, { claims: { nonce } });
  assert.deepEqual([late.status, late.error], [401, 'use_dpop_nonce']);
  const bearer = await send({ path: `${BASE}/userinfo` });
  assert.equal(bearer.headers['DPoP-Nonce'], undefined, 'only for those who send proofs');
});

test('a code may be bound to the key beforehand', async () => {
  const { signIn, codeOf, authorize, token, ada, clock } = await openBound();
  const { text } = await signIn();
  const eve = await openHolder(clock.now);
  const form = { grant_type: 'authorization_code', redirect_uri: CALLBACK, ...WEB };
  for (const [headers, status] of [
    [{}, 400],
    [await eve.headers(), 400],
    [await ada.headers(), 200],
  ] as const) {
    const code = await codeOf(text, { dpop_jkt: ada.jkt });
    assert.equal((await token({ ...form, code }, headers)).status, status);
  }
  const { headers } = await authorize(text, { dpop_jkt: 'short' });
  assert.match(String(headers.Location), /error=invalid_request/);
});

test('a client may be registered for DPoP alone', async () => {
  const clients = CLIENTS.map((one) => ({ ...one, dpop_bound_access_tokens: true }));
  const { signIn, codeOf, token, ada } = await openBound({ clients });
  const { text } = await signIn();
  const code = await codeOf(text);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...WEB };
  const { status, json } = await token(form);
  assert.deepEqual([status, json.error], [400, 'invalid_dpop_proof']);
  assert.equal((await token(form, await ada.headers())).status, 200);
});

test('behind a base URL the proof names that', async () => {
  const { signIn, codeOf, token, ada } = await openBound({ base_url: 'https://id.example' });
  const { text } = await signIn();
  const code = await codeOf(text);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...WEB };
  assert.equal((await token(form, await ada.headers())).json.error, 'invalid_dpop_proof');
  const htu = `https://id.example${BASE}/access_token`;
  assert.equal((await token(form, await ada.headers({ claims: { htu } }))).status, 200);
});
