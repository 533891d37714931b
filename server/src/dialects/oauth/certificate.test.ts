/**
 * Certificates: who comes in with one, and what tokens that are bound to one are good for.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Route } from '../dialect.ts';
import { wireRequest } from '../world.testing.ts';
import { other, SUBJECT, service, thumbprintOf } from './certificate.testing.ts';
import { certificateOf } from './certificate.ts';
import { schema } from './config.ts';
import {
  BASE,
  CALLBACK,
  CHALLENGE,
  CLIENTS,
  claimsOf,
  type Form,
  openStage,
  SPA,
  VERIFIER,
} from './oauth.testing.ts';

const REST = { realm: 'alpha', grant_types: ['client_credentials'], scopes: ['read'] };

async function openProxied(clients: readonly object[]) {
  const stage = await openStage({ clients: [...clients] });

  /** A call through a proxy that took the certificate, or none. */
  async function call(path: string, certificate: Buffer | undefined, ask: object) {
    const wire = wireRequest({ path: BASE + path, ...ask });
    const isIt = (route: Route) =>
      route.method === wire.method && route.path === `/am/oauth2/:legacy${path}`;
    const route = stage.dialect.routes.find(isIt) ?? assert.fail(path);
    const answer = await route.handle({ ...wire, params: { legacy: 'alpha' }, certificate });
    return { status: answer.status, json: JSON.parse(answer.body) };
  }
  const post = (path: string, certificate: Buffer | undefined, form: Form) =>
    call(path, certificate, { body: new URLSearchParams(form) });
  const userinfo = async (certificate: Buffer | undefined, token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await call('/userinfo', certificate, { headers })).status;
  };
  return { ...stage, call, post, userinfo };
}

test('a certificate is known by its subject and its thumbprint', () => {
  const of = (certificate: Buffer | undefined) =>
    certificateOf({ ...wireRequest({ path: '/' }), certificate });
  assert.deepEqual(of(service), { subject: SUBJECT, thumbprint: thumbprintOf(service) });
  assert.equal(of(other)?.subject, 'CN=other.example');
  assert.equal(of(undefined), undefined);
  for (const bad of [Buffer.alloc(0), Buffer.from('x'), service.subarray(0, 200)]) {
    assert.equal(of(bad), undefined);
  }
});

test('a client comes in by the subject or the thumbprint of its certificate', async () => {
  const sha256 = [thumbprintOf(service)];
  for (const proof of [
    { tls_client_auth_subject_dn: SUBJECT },
    { tls_client_certificate_sha256: sha256 },
    { tls_client_certificate_sha256: sha256, token_endpoint_auth_method: 'tls_client_auth' },
  ]) {
    const { post } = await openProxied([...CLIENTS, { client_id: 'tls', ...REST, ...proof }]);
    const form = { grant_type: 'client_credentials', scope: 'read', client_id: 'tls' };
    assert.equal((await post('/access_token', service, form)).status, 200);
    for (const certificate of [other, undefined, Buffer.from('x')]) {
      const { status, json } = await post('/access_token', certificate, form);
      assert.deepEqual([status, json.error], [401, 'invalid_client']);
    }
    const secret = { ...form, client_secret: '' };
    assert.equal(
      (await post('/access_token', service, secret)).status,
      200,
      'an empty one is none',
    );
    const guessed = { ...form, client_secret: 'x' };
    assert.equal((await post('/access_token', service, guessed)).status, 401);
  }
});

test('a certificate does not stand for a secret', async () => {
  const { post } = await openProxied(CLIENTS);
  const { status } = await post('/introspect', service, { token: 'x', client_id: 'web' });
  assert.equal(status, 401);
});

test('bound tokens need the certificate: of a public client the refresh token as well', async () => {
  const bound = { tls_client_certificate_bound_access_tokens: true };
  const clients = CLIENTS.map((one) => (one.client_id === 'spa' ? { ...one, ...bound } : one));
  const { post, userinfo, signIn, codeOf, dialect } = await openProxied(clients);
  const { text } = await signIn();
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const code = await codeOf(text, { client_id: 'spa', scope: 'openid edit', ...pkce });
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
  const exchange = { ...form, ...SPA, code_verifier: VERIFIER };
  const without = await post('/access_token', undefined, exchange);
  assert.deepEqual([without.status, without.json.error], [400, 'invalid_request']);
  const { status, json } = await post('/access_token', service, exchange);
  assert.deepEqual([status, json.token_type], [200, 'Bearer']);
  const cnf = { 'x5t#S256': thumbprintOf(service) };
  assert.deepEqual(claimsOf(json.access_token).cnf, cnf);
  const seen = await post('/introspect', undefined, { token: json.access_token, ...SPA });
  assert.deepEqual(seen.json.cnf, cnf);
  assert.equal(await userinfo(service, json.access_token), 200);
  assert.equal(await userinfo(other, json.access_token), 401);
  assert.equal(await userinfo(undefined, json.access_token), 401);
  assert.equal(await dialect.readAccessToken?.(json.access_token, 'alpha'), undefined);
  const renewal = { grant_type: 'refresh_token', refresh_token: json.refresh_token, ...SPA };
  const stolen = await post('/access_token', other, renewal);
  assert.deepEqual([stolen.status, stolen.json.error], [400, 'invalid_grant']);
  assert.equal((await post('/access_token', service, renewal)).status, 200);
});

test('what a client does not use is not in the metadata', async () => {
  const metadataOf = async (clients: readonly object[]) => {
    const { call } = await openProxied(clients);
    const { json } = await call('/.well-known/openid-configuration', undefined, {});
    const methods: string[] = json.token_endpoint_auth_methods_supported;
    return [methods.includes('tls_client_auth'), json.tls_client_certificate_bound_access_tokens];
  };
  assert.deepEqual(await metadataOf(CLIENTS), [false, false]);
  const tls = {
    ...{ client_id: 'tls', tls_client_auth_subject_dn: SUBJECT, ...REST },
    tls_client_certificate_bound_access_tokens: true,
  };
  assert.deepEqual(await metadataOf([tls]), [true, true]);
});

test('options about certificates that do not fit are refused', () => {
  const tls = { client_id: 'tls', ...REST };
  for (const more of [
    { tls_client_certificate_sha256: [] },
    { tls_client_certificate_sha256: ['x'] },
    { tls_client_auth_subject_dn: SUBJECT, client_secret: 'x' },
    { tls_client_auth_subject_dn: SUBJECT, public: true },
    {
      tls_client_auth_subject_dn: SUBJECT,
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
    },
    { client_secret: 'x', token_endpoint_auth_method: 'tls_client_auth' },
  ]) {
    const { success } = schema.safeParse({ clients: [{ ...tls, ...more }] });
    assert.equal(success, false, JSON.stringify(more));
  }
});
