/**
 * ID tokens from session tokens, by both vendors' endpoints, and signatures instead of tokens.
 */

import { strict as assert } from 'node:assert';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { test } from 'node:test';
import { MINUTE } from '../../../engine/engine.testing.ts';
import {
  BAD_TOKEN,
  encrypted,
  OTHER_CLIENT,
  openStage,
  PATHS,
  SIGNING_CLIENT,
  signatureOf,
  verified,
} from '../idaas.testing.ts';

const SIGNING = { tenant_clients: [SIGNING_CLIENT, OTHER_CLIENT] };
const BAD_SIGNATURE = {
  error_code: 'IDAAS.SDK.PARAM.0022',
  error_msg: 'Invalid or expired signature',
};

test('with automatic refresh, the session token is renewed under the retry rule', async () => {
  const stage = await openStage();
  const { session_token } = await stage.login();
  stage.clock.advance(MINUTE);
  const headers = { 'session-token': session_token };
  const { status, json } = await stage.sdk(PATHS.idToken, { headers });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['session_token', 'expire', 'id_token']);
  assert.notEqual(json.session_token, session_token);
  assert.equal(json.expire, 43_200);
  assert.equal((await verified(stage, json.id_token)).sub, stage.people.ada.subject);
  const again = await stage.sdk(PATHS.idToken, { headers });
  assert.equal(again.json.session_token, json.session_token);
});

test('without it, the original one comes back, and goes on', async () => {
  const stage = await openStage({ automatic_refresh: false });
  const { session_token, session } = await stage.login();
  stage.clock.advance(MINUTE);
  const headers = { 'session-token': session_token };
  const first = await stage.sdk(PATHS.idToken, { headers });
  assert.equal(first.json.session_token, session_token);
  assert.equal(first.json.expire, 43_200 - 60);
  stage.clock.advance(61 * MINUTE);
  assert.equal((await stage.sdk(PATHS.idToken, { headers })).status, 200);
  assert.equal((await session()).grants[0]?.generation, 1);
});

test('an id_token comes with a refresh by option', async () => {
  const stage = await openStage({ refresh_id_token: true });
  const { session_token } = await stage.login();
  const { status, json } = await stage.refresh(await stage.bearer(), session_token);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['expire', 'session_token', 'id_token']);
  assert.equal((await verified(stage, json.id_token)).email, 'ada@example.com');
});

test('id tokens are for the device and the application that the session token is of', async () => {
  const { sdk, login } = await openStage();
  const { session_token, session } = await login();
  for (const path of [PATHS.idToken, PATHS.refreshIdToken]) {
    for (const more of [
      { 'X-device-fingerprint': 'of-a-thief' },
      { 'X-client-id': OTHER_CLIENT.client_id },
      { 'session-token': 'x' },
    ]) {
      const refused = await sdk(path, { headers: { 'session-token': session_token, ...more } });
      assert.deepEqual([refused.status, refused.json], [400, BAD_TOKEN], path);
    }
    const { json } = await sdk(path);
    assert.equal(json.error_msg, 'Parameter session-token is required');
    assert.equal((await sdk(path, { headers: { 'session-token': session_token } })).status, 200);
  }
  assert.ok((await session()).history.some(({ what }) => what === 'binding_refused'));
});

test('a signature carries the session token, for a new id_token and for the logout', async () => {
  const stage = await openStage(SIGNING);
  const { sdk, login, clock } = stage;
  const { session_token, session } = await login();
  const { json: date } = await sdk(PATHS.serverDate, { method: 'GET' });
  assert.deepEqual(date, { timestamp: String(clock.now()) });
  const { json } = await sdk(PATHS.publicKey, { method: 'GET' });
  const key = createPublicKey({
    key: Buffer.from(json.public_key, 'base64'),
    type: 'spki',
    format: 'der',
  });
  const timestamp = Number(date.timestamp);
  const nonce = timestamp.toString(16);
  const text = `session_token=${session_token}&timestamp=${timestamp}&nonce=${nonce}`;
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const signature = publicEncrypt({ key, padding, oaepHash: 'sha256' }, Buffer.from(text));
  const headers = { 'X-signature': signature.toString('base64') };

  const renewed = await sdk(PATHS.refreshIdToken, { headers });
  assert.equal(renewed.status, 200);
  assert.deepEqual(Object.keys(renewed.json), ['id_token']);
  assert.equal((await verified(stage, renewed.json.id_token)).sub, stage.people.ada.subject);
  assert.equal((await session()).grants[0]?.generation, 1);

  const ended = await sdk(PATHS.logout, { method: 'GET', headers });
  assert.deepEqual([ended.status, ended.body], [200, '']);
  assert.equal((await session()).end?.reason, 'signed_out');
});

test('a signature is of now, of this application, and whole', async () => {
  const { sdk, login, clock } = await openStage(SIGNING);
  const { session_token } = await login();
  const now = clock.now();
  const good = signatureOf(session_token, now);
  const ask = (signature: string, more: Readonly<Record<string, string>> = {}) =>
    sdk(PATHS.refreshIdToken, { headers: { 'X-signature': signature, ...more } });
  assert.equal((await ask(signatureOf(session_token, now - 5 * MINUTE))).status, 200);
  assert.equal((await ask(signatureOf(session_token, now + 5 * MINUTE))).status, 200);
  const flipped = `${good[0] === 'A' ? 'B' : 'A'}${good.slice(1)}`;
  for (const refused of [
    await ask(signatureOf(session_token, now - 5 * MINUTE - 1)),
    await ask(signatureOf(session_token, now + 5 * MINUTE + 1)),
    await ask(encrypted(`session_token=${session_token}&timestamp=${now}`)),
    await ask(encrypted(`session_token=${session_token}&nonce=1`)),
    await ask(encrypted(`session_token=${session_token}&timestamp=soon&nonce=1`)),
    await ask(encrypted(`timestamp=${now}&nonce=1`)),
    await ask(flipped),
    await ask('x'),
    await ask('x'.repeat(10_000)),
    // A session token beside it does not help.
    await ask('x', { 'session-token': session_token }),
    await ask(good, { 'X-client-id': OTHER_CLIENT.client_id }),
  ]) {
    assert.deepEqual([refused.status, refused.json], [400, BAD_SIGNATURE]);
  }
  const thief = await ask(good, { 'X-device-fingerprint': 'of-a-thief' });
  assert.deepEqual(thief.json, BAD_TOKEN);
  assert.equal((await ask(good)).status, 200);
});

test('an application without a key pair has no public key', async () => {
  const { sdk } = await openStage();
  const { status, json } = await sdk(PATHS.publicKey, { method: 'GET' });
  assert.deepEqual([status, json.error_code], [400, 'IDAAS.SDK.APP.0003']);
});
