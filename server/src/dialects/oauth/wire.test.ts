/**
 * The dialect as a whole: golden exchanges, metadata, options, and bad input everywhere.
 */

import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LimitName } from '../../engine/policy.ts';
import { StoreFault } from '../../stores/store.ts';
import type { Rejection } from '../dialect.ts';
import { testExchanges } from '../exchange.testing.ts';
import { assertWithstands } from '../hostile.testing.ts';
import { request, wireRequest } from '../world.testing.ts';
import { schema } from './config.ts';
import { refused } from './errors.ts';
import {
  BASE,
  CALLBACK,
  CLIENTS,
  COOKIE,
  claimsOf,
  ISSUER,
  locationOf,
  openStage,
  VERIFIER,
  WEB,
} from './oauth.testing.ts';

testExchanges(new URL('./exchanges/', import.meta.url), async () => {
  const { dialect, clock, signIn } = await openStage();
  const { text } = await signIn();
  return { dialect, clock, values: { session: text, verifier: VERIFIER } };
});

test('the metadata says what there is, and every endpoint in it answers', async () => {
  const { send } = await openStage();
  const answer = await send({ path: `${BASE}/.well-known/openid-configuration` });
  const metadata = JSON.parse(answer.body);
  assert.equal(metadata.issuer, ISSUER);
  for (const [name, url] of Object.entries(metadata)) {
    if (!/_(endpoint|uri)$/.test(name)) continue;
    const path = String(url).replace('http://127.0.0.1:8080', '');
    const { status } = await send({ path, method: 'POST' });
    assert.notEqual(status, 404, name);
  }
  const { keys } = JSON.parse((await send({ path: `${BASE}/connect/jwk_uri` })).body);
  assert.ok(keys.length > 0);
  for (const key of keys) {
    assert.equal(key.d, undefined, 'no private part');
    assert.ok(metadata.id_token_signing_alg_values_supported.includes(key.alg));
  }
});

test('the host can reject in the words of OAuth', async () => {
  const { dialect, send } = await openStage();
  const statuses: Record<Rejection, number> = {
    no_such_path: 404,
    method_not_allowed: 405,
    body_too_large: 413,
    headers_too_large: 431,
    malformed_request: 400,
    timed_out: 408,
    unavailable: 503,
    internal_error: 500,
  };
  for (const [rejection, status] of Object.entries(statuses)) {
    const answer = dialect.reject(rejection as Rejection, wireRequest({ path: '/am/oauth2/x' }));
    assert.equal(answer.status, status);
    assert.deepEqual(Object.keys(JSON.parse(answer.body)), ['error_description', 'error']);
    assert.equal(answer.headers['Retry-After'], status === 503 ? '1' : undefined);
  }
  const got = await send({ path: `${BASE}/access_token/` });
  assert.equal(got.status, 405);
  assert.deepEqual(JSON.parse(got.body), {
    error_description: 'Required Method: POST found: GET',
    error: 'method_not_allowed',
  });
  const put = await send({ path: `${BASE}/authorize`, method: 'PUT' });
  assert.match(put.body, /Required Method: GET or POST found: PUT/);
});

test('routes are named by what is done there', async () => {
  const { dialect } = await openStage();
  const names = new Set(dialect.routes.map(({ name }) => name));
  assert.deepEqual(
    [...names],
    [
      ...[
        'oauth authorize',
        'oauth sign in',
        'oauth consent',
        'oauth access token',
        'oauth pushed request',
        'oauth device code',
        'oauth device user',
        'oauth device sign in',
        'oauth device decision',
        'oauth introspect',
        'oauth revoke',
      ],
      ...[
        'oauth tokeninfo',
        'oauth userinfo',
        'oauth end session',
        'oauth log out',
        'oauth keys',
        'oauth configuration',
      ],
      ...['oauth authorization server', 'oauth stylesheet', 'oauth submit script'],
    ],
  );
});

test('a realm that is not there has no endpoints', async () => {
  const { send } = await openStage();
  for (const realm of ['beta', '%3Cb%3E', '__proto__', 'constructor']) {
    for (const form of [BASE.replace('alpha', realm), `/am/oauth2/${realm}`]) {
      const answer = await send({ path: `${form}/authorize` });
      assert.equal(answer.status, 404, form);
      assert.equal(JSON.parse(answer.body).error, 'not_found');
    }
  }
  const answer = await send({ path: `${BASE}/userinfo?realm=/beta` });
  assert.equal(answer.status, 400);
  assert.equal(JSON.parse(answer.body).error, 'invalid_request');
});

test('every form of the realm leads to the same issuer', async () => {
  const OAUTH = '/am/oauth2';
  const forms = ['/realms/root/realms/alpha', '/realms/alpha', '/alpha', '', '/realms/root'];
  const { send, granted } = await openStage();
  const { json } = await granted();
  for (const form of [...forms, '/realms/ROOT/realms/alpha']) {
    const { status, body } = await send({
      path: `${OAUTH}${form}/access_token`,
      body: new URLSearchParams({
        ...{ grant_type: 'refresh_token', refresh_token: json.refresh_token, ...WEB },
      }),
    });
    assert.equal(status, 200, form);
    assert.equal(claimsOf(JSON.parse(body).access_token).iss, ISSUER);
  }
  for (const path of [
    ...forms.map((form) => `${OAUTH}${form}/.well-known/openid-configuration`),
    ...forms.map((form) => `${OAUTH}${form}/.well-known/oauth-authorization-server`),
    ...forms.map((form) => `/.well-known/oauth-authorization-server${OAUTH}${form}`),
    `${OAUTH}/.well-known/openid-configuration?realm=/alpha`,
  ]) {
    const { status, body } = await send({ path });
    assert.equal(status, 200, path);
    assert.equal(JSON.parse(body).issuer, ISSUER, path);
  }
});

test('which realm a path without one means is an option where there are several', async () => {
  const path = '/am/oauth2/.well-known/openid-configuration';
  const options = { realms: ['beta'] };
  const open = await openStage({}, options);
  assert.equal((await open.send({ path })).status, 404);
  const set = await openStage({ top_realm: 'beta' }, options);
  const { issuer } = JSON.parse((await set.send({ path })).body);
  assert.equal(issuer, ISSUER.replace('alpha', 'beta'));
});

test('a credential is a code for a confidential client with implied consent', async () => {
  const { dialect, signIn, exchange } = await openStage();
  const { session } = await signIn();
  const ask = { device: null, origin: 'http://127.0.0.1:8080' };
  const handed = await dialect.credential(session, { ...ask, application: 'web' });
  if (!('credential' in handed)) return assert.fail(JSON.stringify(handed));
  const { code, ...rest } = handed.credential;
  assert.deepEqual(rest, {
    client_id: 'web',
    redirect_uri: 'http://127.0.0.1:9999/callback',
    expires_in: 120,
  });
  const { status, json } = await exchange(String(code));
  assert.equal(status, 200);
  assert.equal(json.scope, 'openid profile email read write share edit');
  for (const application of [null, 'nobody', 'spa', 'asks-first', 'resource']) {
    assert.ok('fault' in (await dialect.credential(session, { ...ask, application })));
  }
});

test('each limit is spoken of as what it is', () => {
  const saidOf = (limit: LimitName) => {
    const { status, body } = refused({ refused: 'limit_reached', limit });
    const { error, error_description: text } = JSON.parse(body);
    assert.deepEqual([status, error], [400, 'invalid_grant']);
    return text;
  };
  assert.match(saidOf('grants'), /^grant is invalid: the session has no room for another grant$/);
  assert.match(saidOf('record'), /the session is full$/);
  assert.match(saidOf('slots'), /the session is used up/);
  assert.match(saidOf('generations'), /the grant is used up/);
});

test('a code goes over http to this machine alone (RFC 9700, 2.6)', () => {
  const [web] = CLIENTS;
  const hosts = ['http://127.0.0.1:9999', 'http://127.1.2.3', 'http://[::1]:1', 'http://localhost'];
  for (const host of [...hosts, 'https://a.example', 'com.example.app:']) {
    const redirect_uris = [`${host}/callback`];
    assert.ok(schema.safeParse({ clients: [{ ...web, redirect_uris }] }).success, host);
  }
});

test('options that do not fit are refused', () => {
  const [web] = CLIENTS;
  assert.ok(web);
  const bad: object[] = [
    { clients: [{ ...web, client_secret: undefined }] },
    { clients: [{ ...web, public: true }] },
    { clients: [{ ...web, redirect_uris: [] }] },
    { clients: [{ ...web, redirect_uris: ['/callback'] }] },
    { clients: [{ ...web, redirect_uris: ['https://a.example/#x'] }] },
    { clients: [{ ...web, redirect_uris: ['https://a.example/"'] }] },
    { clients: [{ ...web, redirect_uris: ['https://a.example/é'] }] },
    ...[
      'a.example',
      '127.0.0.1.example',
      'localhost.example',
      '[::1].example',
      '127.0.0.1@a.example',
    ]
      .map((host) => `http://${host}/callback`)
      .map((uri) => ({ clients: [{ ...web, redirect_uris: [uri] }] })),
    { clients: [{ ...web, redirect_uris: ['javascript:alert(1)//'] }] },
    { clients: [{ ...web, post_logout_redirect_uris: ['DATA:text/html,x'] }] },
    { clients: [{ ...web, backchannel_logout_uri: 'https://user:password@app.example/out' }] },
    { clients: [{ ...web, grant_types: ['implicit'] }] },
    { clients: [{ ...web, scopes: ['a b'] }] },
    { clients: [{ ...web, client_id: 'a:b' }] },
    { clients: [{ ...web, realms: 'alpha' }] },
    { clients: [web, web] },
    { clients: [{ ...web, client_secret: undefined, client_secret_hash: 'sha256:x' }] },
    { clients: [{ ...web, client_secret_hash: `sha256:${'x'.repeat(43)}` }] },
    { clients: [{ ...web, token_endpoint_auth_method: 'private_key_jwt' }] },
    { clients: [{ ...web, token_endpoint_auth_method: 'client_secret_jwt' }] },
    { clients: [{ ...web, client_secret: undefined, jwks: { keys: [] } }] },
    ...[
      { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
      { kty: 'oct', k: 'c2VjcmV0' },
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
    ].map((key) => ({ clients: [{ ...web, client_secret: undefined, jwks: { keys: [key] } }] })),
    { top_realm: '/' },
    { base_url: 'https://id.example/' },
    { base_url: 'id.example' },
    { access_token_life: '0s' },
    { access_token_life: '9s' },
    { access_token_life: '366d' },
    { code_life: '4s' },
    { code_life: '11m' },
    { refresh_idle: '59s' },
    { refresh_life: '59s' },
    { access_token_life: 3600 },
  ];
  for (const options of bad) {
    assert.equal(schema.safeParse(options).success, false, JSON.stringify(options));
  }
});

test('a store that is down is no verdict on a token', async () => {
  const { dialect, granted, refresh, post, send, store } = await openStage();
  const { json, text } = await granted();
  const { read } = store;
  store.read = () => Promise.reject(new StoreFault('down'));
  const headers = { Authorization: `Bearer ${json.access_token}` };
  for (const call of [
    () => refresh(json.refresh_token),
    () => post('/introspect', { token: json.access_token, ...WEB }),
    () => post('/token/revoke', { token: json.refresh_token, ...WEB }),
    () => send({ path: `${BASE}/userinfo`, headers }),
    () =>
      send({
        path: `${BASE}/authorize`,
        headers: { [COOKIE]: text },
        query: { client_id: 'web', response_type: 'code', scope: 'edit' },
      }),
  ]) {
    await assert.rejects(call, StoreFault);
  }
  const down = dialect.reject('unavailable', wireRequest({ path: `${BASE}/access_token` }));
  assert.deepEqual([down.status, down.headers['Retry-After']], [503, '1']);
  assert.equal(JSON.parse(down.body).error, 'temporarily_unavailable');
  store.read = read;
  assert.equal((await refresh(json.refresh_token)).status, 200);
});

const POSTS = ['/authorize', '/access_token', '/introspect', '/token/revoke'] as const;

test('forms that no client should send get a 4xx of our own', async () => {
  const { dialect, granted } = await openStage();
  const { json } = await granted();
  const type = 'application/x-www-form-urlencoded';
  const form = `grant_type=refresh_token&refresh_token=${json.refresh_token}`;
  const auth = '&client_id=web&client_secret=web-secret';
  const bad: [string | Buffer, string][] = [
    ['', type],
    [`${form}${auth}`, 'application/json'],
    [`${form}${auth}`, 'multipart/form-data; boundary=x'],
    [`${form}${auth}`, 'text/plain'],
    [`${form}${auth}&grant_type=refresh_token`, type],
    [`${form}${auth}&refresh_token=x`, type],
    [`${form}${auth}&client_id=web`, type],
    [`grant_type[]=refresh_token&refresh_token[0]=x${auth}`, type],
    ['{"grant_type":"refresh_token"}', type],
    [Buffer.from(new Uint8Array(4096).map((_, at) => at)), type],
    [`${'a'.repeat(1_000_000)}=b`, type],
    [`grant_type=${'%ED%A0%80'.repeat(1000)}`, type],
    ['grant_type=client_credentials&client_id=web&client_secret=web-secret', type],
    ['grant_type=__proto__&client_id=constructor&__proto__=1', type],
    ['&&&===&%&%%%', type],
  ];
  for (const [body, contentType] of bad) {
    for (const path of POSTS) {
      const headers = { 'content-type': contentType };
      const answer = await request(dialect, { path: BASE + path, method: 'POST', body, headers });
      const { status, headers: sent } = answer;
      const isError = status === 302 && String(sent.Location).includes('?error=invalid_request');
      const isOurs = isError || (status >= 400 && status < 500);
      assert.ok(isOurs, `${status} ${path} ${String(body).slice(0, 80)}`);
    }
  }
  // None of them has used the token; and an un-encoded form with parameters of no meaning is fine.
  const loose = await request(dialect, {
    path: `${BASE}/access_token`,
    method: 'POST',
    headers: { 'content-type': `${type}; charset=UTF-8`, accept: 'text/html;q=0.1' },
    body: `${form}${auth}&scope=openid edit&redirect_uri=http://x/y&allow_redirects=True&x`,
  });
  assert.equal(loose.status, 200);
  assert.equal(JSON.parse(loose.body).scope, 'openid edit');
});

test('withstands what no honest client sends', async () => {
  const { dialect, granted, services } = await openStage();
  const { json, text, session } = await granted('spa', 'openid edit');
  const basic = `Basic ${btoa('web:web-secret')}`;
  const bait = {
    params: ['alpha'],
    headers: [COOKIE],
    parameters: NAMES,
    fields: NAMES,
    values: [
      ...[text, `${COOKIE}=${text}`, json.access_token, json.id_token, VERIFIER, CALLBACK],
      ...[basic, `Bearer ${json.access_token}`, ...Object.values(WEB), 'spa'],
      ...['refresh_token', 'authorization_code', 'code', 'none', 'S256', 'openid', 'allow', '0'],
    ],
  };
  await assertWithstands(dialect, bait, (status, body) => {
    const isOfPages = /^(?:<!DOCTYPE html>|:root|document\.forms)/.test(body);
    if (body !== '' && !isOfPages) assert.equal('error' in JSON.parse(body), status >= 400, body);
  });
  // The storm did not hold the refresh token, so it cannot have renewed.
  const weathered = await services.sessions.inspect(session.id);
  assert.equal(weathered?.session.grants[0]?.generation, 1);
});

test('a code comes only through a redirect to a registered URI', async () => {
  const { dialect, signIn } = await openStage();
  const { text } = await signIn();
  const registered = ['http://127.0.0.1:9999/callback', 'https://spa.example/'];
  const uri = fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.constantFrom('http://127.0.0.1:9999/callback', 'https://spa.example/?page=1'),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(uri, fc.constantFrom('web', 'spa'), async (redirect_uri, client_id) => {
      const query = { client_id, redirect_uri, response_type: 'code', scope: 'edit' };
      const headers = { [COOKIE]: text };
      const answer = await request(dialect, { path: `${BASE}/authorize`, query, headers });
      if (answer.status === 400) return assert.equal(answer.headers.Location, undefined);
      assert.ok(registered.includes(locationOf(answer).target));
    }),
    { numRuns: 300 },
  );
});

const NAMES = [
  'response_type',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'csrf',
  'decision',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'nonce',
  'prompt',
  'max_age',
  'grant_type',
  'refresh_token',
  'code',
  'token',
  'id_token_hint',
  'form',
  'username',
  'password',
  'ui_locales',
  'login_hint',
  'claims',
  'user_code',
  'device_code',
  'post_logout_redirect_uri',
] as const;
