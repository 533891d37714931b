/**
 * Grant type `client_credentials`: a token for the client itself.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BASE, CLIENTS, claimsOf, ISSUER, openStage, SPA, WEB } from '../oauth.testing.ts';

const SERVICE = { client_id: 'service', client_secret: 'service-secret' };
const OPTIONS = {
  clients: [
    ...CLIENTS,
    { ...SERVICE, realm: 'alpha', grant_types: ['client_credentials'], scopes: ['read', 'write'] },
    { ...SERVICE, realm: 'beta', grant_types: ['client_credentials'], scopes: ['read'] },
  ],
};

async function openService() {
  const stage = await openStage(OPTIONS, { realms: ['beta'] });
  const ask = (scope = 'read', more = SERVICE as Record<string, string>) =>
    stage.token({ grant_type: 'client_credentials', scope, ...more });
  return { ...stage, ask };
}

test('a client gets a token for itself, and no more than that', async () => {
  const { ask, clock } = await openService();
  const { status, json } = await ask('read write');
  assert.equal(status, 200);
  const { access_token, ...rest } = json;
  assert.deepEqual(rest, { scope: 'read write', token_type: 'Bearer', expires_in: 3600 });
  const { jti, ...claims } = claimsOf(access_token);
  assert.match(jti, /^[\w-]{22}$/);
  const iat = Math.floor(clock.now() / 1000);
  assert.deepEqual(claims, {
    iss: ISSUER,
    sub: 'service',
    aud: ISSUER,
    client_id: 'service',
    scope: 'read write',
    exp: iat + 3600,
    iat,
  });
  const again = await ask('read write');
  assert.notEqual(claimsOf(again.json.access_token).jti, jti);
});

test('it can be introspected until it is revoked or has expired', async () => {
  const { ask, post, clock } = await openService();
  const { access_token } = (await ask()).json;
  const seen = async (token: string, of = SERVICE as Record<string, string>) =>
    (await post('/introspect', { token, ...of })).json;
  const { jti, exp } = claimsOf(access_token);
  assert.deepEqual(await seen(access_token), {
    active: true,
    scope: 'read',
    realm: '/alpha',
    client_id: 'service',
    user_id: 'service',
    token_type: 'Bearer',
    exp,
    sub: 'service',
    iss: ISSUER,
    auth_level: 0,
    authGrantId: jti,
    auditTrackingId: jti,
    expires_in: 3600,
  });
  assert.deepEqual(await seen(access_token, WEB), { active: false });
  const other = (await ask()).json.access_token;
  assert.equal((await post('/token/revoke', { token: other, ...WEB })).status, 400);
  assert.equal((await post('/token/revoke', { token: other, ...SERVICE })).body, '{}');
  assert.deepEqual(await seen(other), { active: false });
  assert.equal((await seen(access_token)).active, true, 'each is revoked alone');
  clock.advance(3_600_000);
  assert.deepEqual(await seen(access_token), { active: false });
});

test('it is nothing in another realm, and nobody at userinfo', async () => {
  const { ask, send } = await openService();
  const { access_token } = (await ask('read')).json;
  const body = new URLSearchParams({ token: access_token, ...SERVICE });
  const path = `${BASE.replace('alpha', 'beta')}/introspect`;
  assert.deepEqual(JSON.parse((await send({ path, body })).body), { active: false });
  const headers = { Authorization: `Bearer ${access_token}` };
  const answer = await send({ path: `${BASE}/userinfo`, headers });
  assert.equal(answer.status, 401);
  assert.equal(JSON.parse(answer.body).error, 'invalid_token');
});

test('it opens no door of the other dialects', async () => {
  const { ask, dialect } = await openService();
  const { access_token } = (await ask('read')).json;
  assert.equal(await dialect.readAccessToken?.(access_token, 'alpha'), undefined);
});

test('scope is needed, and must be registered', async () => {
  const { ask } = await openService();
  for (const scope of ['', ' ', 'edit', 'read edit']) {
    const { status, json } = await ask(scope);
    assert.deepEqual([status, json.error], [400, 'invalid_scope'], scope);
  }
});

test('only clients that are registered for it may ask', async () => {
  const { ask } = await openService();
  for (const client of [WEB, SPA]) {
    const { status, json } = await ask('read', client);
    assert.deepEqual([status, json.error], [400, 'unauthorized_client']);
  }
});
