/**
 * Pushed authorization requests: checked when they are pushed, used once, by their own client.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { StoreFault } from '../../../stores/store.ts';
import { openHolder } from '../dpop.testing.ts';
import {
  BASE,
  CALLBACK,
  CHALLENGE,
  CLIENTS,
  COOKIE,
  type Form,
  ISSUER,
  locationOf,
  openStage,
  SPA,
  VERIFIER,
  WEB,
} from '../oauth.testing.ts';

const REQUEST: Form = {
  response_type: 'code',
  redirect_uri: CALLBACK,
  scope: 'openid edit',
  state: 'pushed-state',
  nonce: 'n-1',
};

async function openPushing(options: object = {}) {
  const stage = await openStage(options);
  const push = (more: Form = {}, client: Form = WEB, headers: Record<string, string> = {}) =>
    stage.post('/par', { ...REQUEST, ...client, ...more }, headers);

  /** As a browser brings the reference. */
  const visit = (text: string | undefined, request_uri: string, more: Form = {}) =>
    stage.send({
      path: `${BASE}/authorize`,
      query: { client_id: 'web', request_uri, ...more },
      headers: text ? { [COOKIE]: text } : {},
    });
  return { ...stage, push, visit };
}

test('a request is pushed, and its reference leads to a code', async () => {
  const { push, visit, signIn, exchange, clock } = await openPushing();
  const { text } = await signIn();
  const pushed = await push();
  assert.equal(pushed.status, 201);
  assert.equal(pushed.headers['Cache-Control'], 'no-store');
  assert.deepEqual(Object.keys(pushed.json), ['request_uri', 'expires_in']);
  assert.match(pushed.json.request_uri, /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
  assert.equal(pushed.json.expires_in, 60);
  clock.advance(59_000);
  // What the browser adds counts for nothing.
  const odd = { scope: 'write', state: 'other', redirect_uri: 'https://evil.example/' };
  const { target, answered } = locationOf(await visit(text, pushed.json.request_uri, odd));
  assert.equal(target, CALLBACK);
  assert.deepEqual([answered.get('state'), answered.get('iss')], ['pushed-state', ISSUER]);
  const { status, json } = await exchange(answered.get('code') ?? '');
  assert.deepEqual([status, json.scope], [200, 'openid edit']);
});

test('a reference is good for one code, for a minute, and for its own client', async () => {
  const { push, visit, signIn, clock } = await openPushing();
  const { text } = await signIn();
  const { request_uri } = (await push()).json;
  const foreign = await visit(text, request_uri, { client_id: 'spa' });
  assert.deepEqual([foreign.status, foreign.headers.Location], [400, undefined]);
  const none = await visit(undefined, request_uri, { prompt: 'none' });
  assert.ok(none.status < 400, 'whoever is not signed in yet has used nothing up');
  const tabs = await Promise.all(Array.from({ length: 8 }, () => visit(text, request_uri)));
  const codes = tabs.filter((tab) => locationOf(tab).answered.has('code'));
  assert.equal(codes.length, 1);
  const again = locationOf(await visit(text, request_uri)).answered;
  assert.equal(again.get('error'), 'invalid_request_uri');
  const { request_uri: late } = (await push()).json;
  clock.advance(60_000);
  const { status, body } = await visit(text, late);
  assert.equal(status, 400);
  assert.match(body, /invalid_request_uri/);
});

test('in another realm a reference is nothing', async () => {
  const twins = [...CLIENTS, ...CLIENTS.map((one) => ({ ...one, realm: 'beta' }))];
  const stage = await openStage({ clients: twins }, { realms: ['beta'] });
  const { json } = await stage.post('/par', { ...REQUEST, ...WEB });
  const path = `${BASE.replace('alpha', 'beta')}/authorize`;
  const query = { client_id: 'web', request_uri: json.request_uri };
  const { status, body } = await stage.send({ path, query });
  assert.equal(status, 400);
  assert.match(body, /invalid_request_uri/);
});

test('what is not in order is said at once, to the client', async () => {
  const { push } = await openPushing();
  for (const [more, status, error] of [
    [{ redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
    [{ response_type: 'token' }, 400, 'unsupported_response_type'],
    [{ scope: 'unknown' }, 400, 'invalid_scope'],
    [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'invalid_request'],
    [{ request: 'x' }, 400, 'request_not_supported'],
    [{ code_challenge: 'x' }, 400, 'invalid_request'],
    [{ dpop_jkt: 'x' }, 400, 'invalid_request'],
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ client_id: 'spa' }, 400, 'invalid_request'],
    [{ client_id: 'resource', client_secret: 'resource-secret' }, 400, 'invalid_request'],
    [{ claims: 'x'.repeat(20_000) }, 400, 'invalid_request'],
    [{ state: 'x'.repeat(20_000) }, 400, 'invalid_request'],
  ] as const) {
    const answer = await push(more);
    assert.deepEqual([answer.status, answer.json.error], [status, error], JSON.stringify(more));
  }
});

test('a public client pushes as well, with its challenge', async () => {
  const { push, visit, signIn, exchange } = await openPushing();
  const { text } = await signIn();
  assert.equal((await push({}, SPA)).json.error, 'invalid_request');
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const { request_uri } = (await push(pkce, SPA)).json;
  const { answered } = locationOf(await visit(text, request_uri, { client_id: 'spa' }));
  const code = answered.get('code') ?? '';
  assert.equal((await exchange(code, { ...SPA, code_verifier: VERIFIER })).status, 200);
});

test('a client may be registered for pushed requests alone', async () => {
  const clients = CLIENTS.map((one) => ({ ...one, require_pushed_authorization_requests: true }));
  const { push, visit, signIn, authorize } = await openPushing({ clients });
  const { text } = await signIn();
  const plain = locationOf(await authorize(text)).answered;
  assert.equal(plain.get('error'), 'invalid_request');
  for (const request_uri of ['https://evil.example/', 'urn:ietf:params:oauth:request_uri:x']) {
    const answer = await authorize(text, { request_uri });
    assert.equal(String(answer.headers.Location ?? '').includes('code='), false);
  }
  const { request_uri } = (await push()).json;
  assert.ok(locationOf(await visit(text, request_uri)).answered.has('code'));
});

test('a proof that comes with it binds the code to its key', async () => {
  const { push, visit, signIn, token, clock } = await openPushing();
  const { text } = await signIn();
  const [ada, eve] = [await openHolder(clock.now), await openHolder(clock.now)];
  const other = await push({ dpop_jkt: eve.jkt }, WEB, await ada.headers({ path: '/par' }));
  assert.deepEqual([other.status, other.json.error], [400, 'invalid_dpop_proof']);
  const wrong = await push({}, WEB, await ada.headers({ path: '/access_token' }));
  assert.equal(wrong.json.error, 'invalid_dpop_proof');
  for (const [holder, status] of [
    [eve, 400],
    [ada, 200],
  ] as const) {
    const { request_uri } = (await push({}, WEB, await ada.headers({ path: '/par' }))).json;
    const code = locationOf(await visit(text, request_uri)).answered.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...WEB };
    assert.equal((await token(form, await holder.headers())).status, status);
  }
});

test('nothing of a request stands in the store to be read', async () => {
  const { push, store } = await openPushing();
  const written: string[] = [];
  const { commit } = store;
  store.commit = (writes) => {
    written.push(JSON.stringify(writes));
    return commit.call(store, writes);
  };
  await push({ state: 'a-very-secret-state' });
  assert.equal(written.length, 1);
  assert.ok(!written.join().includes('a-very-secret-state'));
  store.commit = () => Promise.reject(new StoreFault('down'));
  await assert.rejects(() => push(), StoreFault);
});
