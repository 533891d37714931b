/**
 * Introspection: what is active, for whom, and in which words.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CLIENTS, claimsOf, ISSUER, openStage, SPA, WEB } from '../oauth.testing.ts';

const RESOURCE = { client_id: 'resource', client_secret: 'resource-secret' };

test('an access token in use, in AM members', async () => {
  const { granted, post, clock, people } = await openStage();
  const { json, session } = await granted('web', 'edit read');
  clock.advance(61_000);
  for (const who of [WEB, RESOURCE]) {
    const answer = await post('/introspect', { token: json.access_token, ...who });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['Cache-Control'], 'no-store');
    assert.equal(
      answer.body,
      JSON.stringify({
        active: true,
        scope: 'edit read',
        realm: '/alpha',
        client_id: 'web',
        user_id: people.ada.subject,
        token_type: 'Bearer',
        exp: claimsOf(json.access_token).exp,
        sub: people.ada.subject,
        iss: ISSUER,
        auth_level: 0,
        authGrantId: `${session.id}-2`,
        auditTrackingId: claimsOf(json.access_token).jti,
        expires_in: 839,
      }),
    );
  }
});

test('the current refresh token is active, a spent one is not', async () => {
  const { granted, refresh, post, clock } = await openStage();
  const { json } = await granted('web', 'edit');
  const next = (await refresh(json.refresh_token)).json;
  const of = async (token: string) => (await post('/introspect', { token, ...WEB })).json;
  assert.deepEqual(await of(json.refresh_token), { active: false });
  const found = await of(next.refresh_token);
  assert.equal(found.active, true);
  assert.equal(found.token_type, 'refresh_token');
  assert.equal(found.expires_in, 30 * 60, 'the session would idle out');
  clock.advance(30 * 60_000);
  assert.deepEqual(await of(next.refresh_token), { active: false });
});

test('a public client, which anybody can be, learns nothing of its refresh tokens', async () => {
  const { granted, refresh, post, store } = await openStage();
  const { json } = await granted('spa');
  const next = (await refresh(json.refresh_token, SPA)).json;
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  for (const token of [json.refresh_token, next.refresh_token]) {
    for (const who of [SPA, { ...SPA, client_secret: 'dummy' }]) {
      assert.deepEqual((await post('/introspect', { token, ...who })).json, { active: false });
    }
  }
  store.commit = commit;
  const again = await refresh(json.refresh_token, SPA);
  assert.equal(again.json.refresh_token, next.refresh_token, 'asking was no use of it');
  const byServer = await post('/introspect', { token: next.refresh_token, ...RESOURCE });
  assert.equal(byServer.json.active, true);
  const access = await post('/introspect', { token: next.access_token, ...SPA });
  assert.equal(access.json.active, true);
});

test('a public client asks about its own tokens alone, whatever its scopes', async () => {
  const nosy = { client_id: 'nosy', public: true, scopes: ['am-introspect-all-tokens'] };
  const { granted, post } = await openStage({
    clients: [...CLIENTS, { ...nosy, realm: 'alpha', grant_types: [] }],
  });
  const { access_token } = (await granted()).json;
  const asked = await post('/introspect', { token: access_token, client_id: 'nosy' });
  assert.deepEqual(asked.json, { active: false });
});

test('a signature is checked once for each call', async () => {
  const { granted, post, services } = await openStage();
  const { json } = await granted();
  const { keyring } = services;
  const verify = keyring.verify.bind(keyring);
  let count = 0;
  keyring.verify = (...args) => {
    count += 1;
    return verify(...args);
  };
  assert.equal((await post('/introspect', { token: json.access_token, ...WEB })).json.active, true);
  assert.equal(count, 1);
});

test('whatever is over, foreign or forged is only inactive', async () => {
  const { granted, post, services, clock, code, other } = await prepared();
  const of = async (token: string, who: Record<string, string> = WEB) => {
    const answer = await post('/introspect', { token, ...who });
    assert.equal(answer.status, 200);
    return answer.body;
  };
  const INACTIVE = '{"active":false}';
  const { json, session } = await granted();
  const parts: string[] = json.access_token.split('.');
  for (const token of [
    'x',
    code,
    json.id_token,
    `${parts[0]}.${parts[1]}.`,
    `${parts[0]}.${parts[1]}.${'A'.repeat(86)}`,
    `${json.access_token}A`,
  ]) {
    assert.equal(await of(token), INACTIVE, token);
  }
  assert.equal(await of(json.access_token, SPA), INACTIVE, 'another client');
  assert.equal(await of(json.refresh_token, SPA), INACTIVE, 'another client');
  assert.notEqual(await of(json.access_token), INACTIVE);
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  assert.equal(await of(json.access_token), INACTIVE, 'the session ended');
  assert.equal(await of(json.refresh_token), INACTIVE, 'the session ended');
  assert.notEqual(await of(other.json.access_token), INACTIVE);
  clock.advance(3_600_000);
  assert.equal(await of(other.json.access_token), INACTIVE, 'it has expired');
});

test('a token of one realm is nothing in another', async () => {
  const { granted, send } = await openStage(
    {
      clients: [
        ...['alpha', 'beta'].map((realm) => ({
          client_id: 'web',
          client_secret: 'web-secret',
          realm,
          redirect_uris: ['http://127.0.0.1:9999/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          scopes: ['edit', 'openid'],
          implied_consent: true,
        })),
      ],
    },
    { realms: ['beta'] },
  );
  const { json } = await granted();
  for (const token of [json.access_token, json.refresh_token]) {
    const path = '/am/oauth2/realms/root/realms/beta';
    const body = new URLSearchParams({ token, ...WEB });
    const seen = await send({ path: `${path}/introspect`, body });
    assert.equal(seen.body, '{"active":false}');
    assert.equal((await send({ path: `${path}/token/revoke`, body })).status, 200);
    const grant = { grant_type: 'refresh_token', refresh_token: token, ...WEB };
    const renewed = await send({ path: `${path}/access_token`, body: new URLSearchParams(grant) });
    assert.equal(JSON.parse(renewed.body).error_description, 'grant is invalid');
  }
  const body = new URLSearchParams({ token: json.refresh_token, ...WEB });
  const path = '/am/oauth2/realms/root/realms/alpha/introspect';
  assert.equal(JSON.parse((await send({ path, body })).body).active, true);
});

test('an ID token or another JWT of ours is no access token', async () => {
  const { granted, post, services } = await openStage();
  const { json } = await granted();
  const claims = claimsOf(json.access_token);
  for (const [name, value] of [
    ['grant', undefined],
    ['generation', '1'],
    ['exp', undefined],
    ['sid', 7],
  ] as const) {
    const token = services.keyring.sign({ ...claims, [name]: value }, 'at+jwt');
    assert.deepEqual((await post('/introspect', { token, ...WEB })).json, { active: false });
  }
  const token = services.keyring.sign(claims, 'JWT');
  assert.deepEqual((await post('/introspect', { token, ...WEB })).json, { active: false });
});

async function prepared() {
  const stage = await openStage();
  const other = await stage.granted('web', 'offline_access');
  const code = await stage.codeOf(other.text);
  return { ...stage, code, other };
}
