/**
 * What RFC 9700 and OWASP ASVS 5.0 ask beyond what the other tests are about; the table that cites
 * them is docs/reference/security-requirements.md.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  BASE,
  CALLBACK,
  CHALLENGE,
  CLIENTS,
  COOKIE,
  claimsOf,
  type Form,
  locationOf,
  openStage,
  SPA,
  VERIFIER,
  WEB,
} from './oauth.testing.ts';

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

test('the metadata tells clients what protects them (RFC 9700, 2.1.1 and 2.6)', async () => {
  const { send } = await openStage();
  const inserted = `/.well-known/oauth-authorization-server${BASE}`;
  for (const path of [`${BASE}/.well-known/openid-configuration`, inserted]) {
    const metadata = JSON.parse((await send({ path })).body);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'], path);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.deepEqual(metadata.response_types_supported, ['code', 'none']);
    assert.ok(!metadata.grant_types_supported.includes('implicit'));
    assert.ok(!metadata.grant_types_supported.includes('password'), 'no client may use it');
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes('private_key_jwt'));
    assert.ok(metadata.dpop_signing_alg_values_supported.includes('ES256'));
    const symmetric = /^(?:none|HS\d+)$/i;
    assert.ok(
      !metadata.dpop_signing_alg_values_supported.some((one: string) => symmetric.test(one)),
    );
    assert.ok(
      !metadata.id_token_signing_alg_values_supported.some((one: string) => symmetric.test(one)),
    );
  }
});

test('nobody registers a client over the wire (ASVS 10.4.7)', async () => {
  const { send, authorize, signIn } = await openStage();
  const { body } = await send({ path: `${BASE}/.well-known/openid-configuration` });
  assert.equal('registration_endpoint' in JSON.parse(body), false);
  const client = { client_name: 'x', redirect_uris: ['https://evil.example/'] };
  for (const path of ['/register', '/connect/register']) {
    assert.equal((await send({ path: BASE + path, body: client })).status, 404, path);
  }
  const { text } = await signIn();
  const asked = await authorize(text, { registration: JSON.stringify(client) });
  assert.equal(locationOf(asked).answered.get('error'), 'registration_not_supported');
});

test('an answer with an error names the issuer too (RFC 9700, 4.4.2.1)', async () => {
  const { authorize, signIn } = await openStage();
  const { text } = await signIn();
  for (const more of [{ scope: 'unknown' }, { response_type: 'token' }, { prompt: 'none login' }]) {
    const { answered } = locationOf(await authorize(text, more));
    assert.ok(answered.get('error'));
    assert.equal(answered.get('iss'), `http://127.0.0.1:8080${BASE}`);
  }
  const { answered } = locationOf(await authorize(undefined, { prompt: 'none' }));
  assert.deepEqual(
    [answered.get('error'), answered.get('iss')],
    ['login_required', `http://127.0.0.1:8080${BASE}`],
  );
});

test('a confidential client that sends a challenge is held to it (RFC 9700, 2.1.1)', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const code = await codeOf(text, PKCE);
  for (const more of [{}, { code_verifier: VERIFIER.replace('d', 'e') }] as Form[]) {
    const { status, json } = await exchange(code, { ...WEB, ...more });
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
  }
  assert.equal((await exchange(code, { ...WEB, code_verifier: VERIFIER })).status, 200);
});

test('a code can be held to a minute (ASVS 10.4.3, level 3)', async () => {
  const { signIn, codeOf, exchange, clock } = await openStage({ code_life: '1m' });
  const { text } = await signIn();
  const [early, late] = [await codeOf(text), await codeOf(text)];
  clock.advance(59_999);
  assert.equal((await exchange(early)).status, 200);
  clock.advance(1);
  assert.equal((await exchange(late)).json.error, 'invalid_grant');
});

test('with a cap of 0 no spent token is ever a retry (ASVS 10.4.5)', async () => {
  const policy = { retryCapUnboundMs: 0, retryCapBoundMs: 0 };
  const { granted, refresh } = await openStage({}, { policy });
  const { json } = await granted('spa');
  const next = await refresh(json.refresh_token, SPA);
  assert.equal(next.status, 200);
  assert.equal((await refresh(json.refresh_token, SPA)).json.error, 'invalid_grant');
  const { json: ended } = await refresh(next.json.refresh_token, SPA);
  assert.match(ended.error_description, /the grant ended \(token_replayed\)/);
});

test('an access token in the URL is no token at userinfo (RFC 9700, 4.3.2)', async () => {
  const { granted, send } = await openStage();
  const { access_token } = (await granted('web', 'openid')).json;
  for (const method of ['GET', 'POST']) {
    const { status, headers } = await send({
      path: `${BASE}/userinfo`,
      method,
      query: { access_token },
    });
    assert.equal(status, 401);
    assert.equal(headers['WWW-Authenticate'], 'Bearer realm="/alpha"', 'as if none came');
  }
});

test('authorization_details count for nothing (ASVS 10.4.15)', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const authorization_details = '[{"type":"account","actions":["pay"]}]';
  const code = await codeOf(text, { authorization_details });
  const { json } = await exchange(code, { ...WEB, authorization_details });
  assert.equal('authorization_details' in json, false);
  assert.equal('authorization_details' in claimsOf(json.access_token), false);
});

test('a pushed request fixes its response_mode (ASVS 10.4.12)', async () => {
  const { signIn, post, send } = await openStage();
  const { text } = await signIn();
  const asked = { response_type: 'code', redirect_uri: CALLBACK, scope: 'edit' };
  for (const [pushed, added] of [
    ['form_post', 'query'],
    ['query', 'form_post'],
  ] as const) {
    const { json } = await post('/par', { ...asked, ...WEB, response_mode: pushed });
    const query = { client_id: 'web', request_uri: json.request_uri, response_mode: added };
    const headers = { [COOKIE]: text };
    const { status } = await send({ path: `${BASE}/authorize`, query, headers });
    assert.equal(status, pushed === 'query' ? 302 : 200);
  }
});

test('a client with the name of a person gets nothing of theirs (RFC 9700, 4.15.1)', async () => {
  const [, , , , , batch] = CLIENTS;
  const { token, send, dialect, services, people } = await openStage({
    clients: [{ ...batch, client_id: 'ada', scopes: ['read', 'openid'] }],
  });
  const form = { client_id: 'ada', client_secret: 'batch-secret', scope: 'read openid' };
  const { json } = await token({ grant_type: 'client_credentials', ...form });
  const claims = claimsOf(json.access_token);
  assert.equal(claims.sub, people.ada.subject, 'the one danger there is');
  assert.equal('auth_time' in claims || 'sid' in claims, false, 'resources can tell');
  const headers = { Authorization: `Bearer ${json.access_token}` };
  assert.equal((await send({ path: `${BASE}/userinfo`, headers })).status, 401);
  assert.equal(await dialect.readAccessToken?.(json.access_token, 'alpha'), undefined);
  assert.deepEqual((await services.sessions.list('alpha', 'ada', 10)).sessions, []);
});

test('a page that was left shows nothing again: no answer is kept (ASVS 7.4.1)', async () => {
  const { send, signIn } = await openStage();
  const { text } = await signIn();
  const query = { response_type: 'code', client_id: 'asks-first', scope: 'read' };
  for (const headers of [{}, { Cookie: `${COOKIE}=${text}` }] as Form[]) {
    const page = await send({ path: `${BASE}/authorize`, query, headers });
    assert.match(page.body, /<form method="post"/);
    assert.equal(page.headers['Cache-Control'], 'no-store');
  }
  const path = `${BASE}/connect/endSession`;
  const asked = await send({ path, headers: { Accept: 'text/html', Cookie: `${COOKIE}=${text}` } });
  assert.match(asked.body, /<form method="post"/);
  assert.equal(asked.headers['Cache-Control'], 'no-store');
});

test('the page of a form is told to no other site (RFC 9700, 4.2.4)', async () => {
  const { send, authorize, signIn } = await openStage();
  const { text } = await signIn();
  const query = { response_type: 'code', client_id: 'web', scope: 'edit' };
  const page = await send({ path: `${BASE}/authorize`, query });
  assert.equal(page.headers['Referrer-Policy'], 'no-referrer');
  assert.doesNotMatch(page.body, /<a |<img|https?:/, 'it leads and loads nowhere else');
  assert.equal((await authorize(text)).headers['Referrer-Policy'], 'no-referrer');
});
