/**
 * Calls of clients that are let in and then send anything: every answer is the protocol's own.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Route } from '../dialect.ts';
import { drawSeed } from '../hostile.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { ACCESS_TOKEN_TYPE } from './access-token.ts';
import { SUBJECT, service } from './certificate.testing.ts';
import { ASSERTION_TYPE } from './client-assertion.ts';
import { TOKEN_EXCHANGE } from './clients.ts';
import { openHolder } from './dpop.testing.ts';
import { CALLBACK, CHALLENGE, CLIENTS, type Form, openStage, SPA, WEB } from './oauth.testing.ts';

const ALL = {
  client_id: 'all',
  client_secret: 'all-secret',
  realm: 'alpha',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: ['openid', 'read'],
  insecure_password_grant: true,
  token_exchange: { audiences: ['a', 'b'], scopes: ['read'] },
};

const TLS = {
  client_id: 'tls',
  realm: 'alpha',
  grant_types: ['client_credentials'],
  scopes: ['read'],
  tls_client_auth_subject_dn: SUBJECT,
  tls_client_certificate_bound_access_tokens: true,
};

const CALLERS: readonly Form[] = [
  WEB,
  SPA,
  { client_id: 'all', client_secret: 'all-secret' },
  { client_id: 'tls' },
  {},
];

const FIELDS = [
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type'],
  ...['code', 'code_verifier', 'redirect_uri', 'refresh_token', 'scope', 'username', 'password'],
  ...['subject_token', 'subject_token_type', 'requested_token_type', 'actor_token', 'audience'],
  ...['resource', 'token', 'token_type_hint', 'response_type', 'code_challenge', 'dpop_jkt'],
  ...['code_challenge_method', 'request_uri', 'request', 'state', 'nonce', 'claims', 'max_age'],
];

const BACK_CHANNEL = /^oauth (access token|pushed request|introspect|revoke|tokeninfo|userinfo)$/;

test('whatever a client sends, it is answered below 500 and in JSON', async (context) => {
  const { dialect, granted, token, post, clock, people } = await openStage(
    { clients: [...CLIENTS, ALL, TLS] },
    { lockout: { failures: 1000, failuresAnywhere: 1000 } },
  );
  const ada = await openHolder(clock.now);
  const { json, text } = await granted('web', 'openid edit');
  const own = await token({ grant_type: 'client_credentials', scope: 'read', ...CALLERS[2] });
  const pushed = await post('/par', { response_type: 'code', scope: 'edit', ...WEB });
  const routes = dialect.routes.filter(({ name }) => BACK_CHANNEL.test(name));
  assert.equal(new Set(routes.map(({ name }) => name)).size, 6);

  const value = fc.oneof(
    fc.constantFrom(
      ...[json.access_token, json.refresh_token, json.id_token, own.json.access_token, text],
      ...[pushed.json.request_uri, ACCESS_TOKEN_TYPE, ASSERTION_TYPE, CALLBACK, CHALLENGE, ada.jkt],
      ...['urn:lamplighter:token-type:session', 'ada', people.ada.password, 'openid', 'read'],
      ...['code', 'S256', 'a', 'web', 'x', ' ', '\ud800', '\0', 'a.b.c', 'e30.e30.e30', '{}', '-1'],
      ...['lamp_at_', `lamp_at_${'A'.repeat(60)}`, 'x'.repeat(20_000), 'آدا', '__proto__'],
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  const proofs = await Promise.all([
    ...['/access_token', '/par'].map((path) => ada.proof({ path })),
    ada.proof({ method: 'GET', path: '/userinfo', token: json.access_token }),
    ada.proof({ claims: { iat: 1e300 } }),
    ada.proof({ claims: { htu: 7 } as never }),
  ]);
  const exchange = {
    ...{ grant_type: TOKEN_EXCHANGE, subject_token: json.access_token },
    ...{ subject_token_type: ACCESS_TOKEN_TYPE, audience: 'a', scope: 'read' },
  };
  // What an honest client would send, of which little is spoilt at a time.
  const honest: readonly Form[] = [
    { grant_type: 'refresh_token', refresh_token: json.refresh_token },
    { grant_type: 'authorization_code', code: 'lamp_ac_x', redirect_uri: CALLBACK },
    { grant_type: 'client_credentials', scope: 'read' },
    { grant_type: 'password', username: 'ada', password: people.ada.password, scope: 'read' },
    exchange,
    { response_type: 'code', scope: 'read', redirect_uri: CALLBACK, token: json.access_token },
    { token: json.refresh_token, response_type: 'code', scope: 'openid' },
  ];
  const header = (values: readonly string[]) => {
    const one = fc.oneof(fc.constantFrom(...values), fc.string());
    return fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: one },
    );
  };
  const asks = fc.record({
    route: fc.constantFrom(...routes),
    caller: fc.constantFrom(...CALLERS),
    form: fc.constantFrom(...honest),
    fields: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 3 }),
    twice: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...FIELDS) },
    ),
    dpop: header([...proofs, 'x', 'e30.e30.e30', `${'A'.repeat(9000)}.x.x`]),
    authorization: header([
      ...[`Bearer ${json.access_token}`, `DPoP ${json.access_token}`, 'DPoP x', 'Bearer'],
      `Basic ${btoa('web:web-secret')}`,
    ]),
    certificate: fc.constantFrom(undefined, service, Buffer.from('x')),
  });

  await fc.assert(
    fc.asyncProperty(asks, async ({ route, caller, form, fields, twice, ...more }) => {
      const body = new URLSearchParams({ ...form, ...caller, ...fields });
      if (twice !== undefined) body.append(twice, 'again');
      const headers = { dpop: more.dpop, authorization: more.authorization };
      const answer = await handled(route, body, headers, more.certificate);
      assert.ok(answer.status >= 200 && answer.status < 500, `${answer.status} ${answer.body}`);
      const said = JSON.parse(answer.body);
      assert.equal('error' in said, answer.status >= 400, answer.body);
      if (answer.status >= 400) assert.match(said.error, /^[a-z_]+$/);
      for (const one of Object.values(answer.headers).flat()) assert.match(one, /^[\x20-\x7e]*$/);
    }),
    { numRuns: 800, seed: drawSeed(context) },
  );
});

function handled(
  route: Route,
  body: URLSearchParams,
  headers: Readonly<Record<string, string | undefined>>,
  certificate: Buffer | undefined,
) {
  const path = route.path
    .replace('/realms/:parent', '/realms/root')
    .replace(/:(realm|legacy)/, 'alpha');
  const params = route.path.includes(':') ? { [paramOf(route)]: 'alpha' } : {};
  const wire = wireRequest({ method: route.method, path, body, headers });
  return route.handle({ ...wire, params, certificate });
}

function paramOf({ path }: Route): string {
  return path.includes(':legacy') ? 'legacy' : 'realm';
}
