/**
 * The exchange of codes: once, by their own client, with the proofs of the request.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CALLBACK, CHALLENGE, claimsOf, openStage, SPA, VERIFIER, WEB } from '../oauth.testing.ts';

const PKCE = { client_id: 'spa', code_challenge: CHALLENGE, code_challenge_method: 'S256' };

test('an exchange answers with AM members in AM order', async () => {
  const { granted } = await openStage();
  const { json } = await granted('spa', 'openid edit');
  assert.deepEqual(Object.keys(json), [
    'access_token',
    'refresh_token',
    'scope',
    'id_token',
    'token_type',
    'expires_in',
  ]);
  assert.match(json.refresh_token, /^lamp_rt_[\w-]{50}$/);
  assert.equal(json.scope, 'openid edit');
  assert.equal(json.expires_in, 900);
});

test('a public client proves itself with the verifier of its challenge', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const code = await codeOf(text, PKCE);
  for (const proof of [
    SPA,
    { ...SPA, code_verifier: VERIFIER.slice(0, 42) },
    { ...SPA, code_verifier: `${VERIFIER.slice(0, -1)}x` },
    { ...SPA, code_verifier: CHALLENGE },
    { ...SPA, code_verifier: 'é'.repeat(50) },
  ]) {
    const { status, json } = await exchange(code, proof);
    assert.equal(status, 400);
    assert.equal(json.error, 'invalid_grant');
  }
  assert.equal((await exchange(code, { ...SPA, code_verifier: VERIFIER })).status, 200);
});

test('a verifier for a code without a challenge is refused (RFC 9700, 4.8.2)', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const code = await codeOf(text);
  const { status, json } = await exchange(code, { ...WEB, code_verifier: VERIFIER });
  assert.equal(status, 400);
  assert.equal(json.error, 'invalid_grant');
  assert.equal((await exchange(code)).status, 200);
});

test('the redirect URI must be that of the authorization request', async () => {
  const { signIn, codeOf, token } = await openStage();
  const { text } = await signIn();
  const call = async (code: string, more: Record<string, string>) =>
    (await token({ grant_type: 'authorization_code', code, ...WEB, ...more })).status;
  const sent = await codeOf(text);
  assert.equal(await call(sent, {}), 400);
  assert.equal(await call(sent, { redirect_uri: `${CALLBACK}/` }), 400);
  assert.equal(await call(sent, { redirect_uri: CALLBACK }), 200);
  const unsent = await codeOf(text, { redirect_uri: undefined });
  assert.equal(await call(unsent, {}), 200);
});

test('a second use is refused and ends what came of the first', async () => {
  const { granted, exchange, refresh } = await openStage();
  const { code, json } = await granted();
  const second = await exchange(code);
  assert.equal(second.status, 400);
  assert.deepEqual(second.json, {
    error_description: 'grant is invalid: the code was used before',
    error: 'invalid_grant',
  });
  const after = await refresh(json.refresh_token);
  assert.equal(after.json.error_description, 'grant is invalid: the grant ended (code_replayed)');
});

test('100 exchanges of one code at once make one grant', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const code = await codeOf(text);
  const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(code)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.ok(answers.every(({ status, json }) => status === 200 || json.error === 'invalid_grant'));
});

test('a code dies after two minutes, and with its session', async () => {
  const { signIn, codeOf, exchange, clock, services } = await openStage();
  const { text, session } = await signIn();
  const late = await codeOf(text);
  clock.advance(120_000);
  const { json } = await exchange(late);
  assert.equal(json.error_description, 'grant is invalid: the code has expired');
  const orphan = await codeOf(text);
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  assert.equal(
    (await exchange(orphan)).json.error_description,
    'grant is invalid: the session ended (signed_out)',
  );
});

test('a code of another client, forged or mangled, is refused and stays good', async () => {
  const { signIn, codeOf, exchange } = await openStage();
  const { text } = await signIn();
  const code = await codeOf(text);
  const spa = await exchange(code, SPA);
  assert.equal(spa.json.error_description, 'grant is invalid: it was issued to a different client');
  const swapped = code.at(-20) === 'A' ? 'B' : 'A';
  for (const forged of [`${code.slice(0, -20)}${swapped}${code.slice(-19)}`, `${code} `, 'x']) {
    const { status, json } = await exchange(forged);
    assert.equal(status, 400);
    assert.equal(json.error_description, 'grant is invalid');
  }
  assert.equal((await exchange(code)).status, 200);
});

test('offline_access is for clients that may renew', async () => {
  const offlineOf = async (grant_types: string[]) => {
    const client = {
      client_id: 'app',
      client_secret: 'app-secret',
      realm: 'alpha',
      redirect_uris: [CALLBACK],
      grant_types,
      scopes: ['offline_access'],
      implied_consent: true,
    };
    const { signIn, codeOf, exchange, services } = await openStage({ clients: [client] });
    const { text, session } = await signIn();
    const code = await codeOf(text, { client_id: 'app', scope: 'offline_access' });
    const answer = await exchange(code, { client_id: 'app', client_secret: 'app-secret' });
    assert.equal(answer.status, 200);
    const record = await services.sessions.inspect(session.id);
    return record?.session.grants[0]?.offline;
  };
  assert.equal(await offlineOf(['authorization_code', 'refresh_token']), true);
  assert.equal(await offlineOf(['authorization_code']), false);
});

test('the issuer of a grant is that of its authorization request, or base_url', async () => {
  for (const base_url of [undefined, 'https://id.example/sso']) {
    const { granted } = await openStage({ base_url });
    const { json } = await granted('web', 'openid');
    const issuer = `${base_url ?? 'http://127.0.0.1:8080'}/am/oauth2/realms/root/realms/alpha`;
    assert.equal(claimsOf(json.id_token).iss, issuer);
    assert.equal(claimsOf(json.access_token).iss, issuer);
  }
});
