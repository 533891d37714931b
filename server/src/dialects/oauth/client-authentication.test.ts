/**
 * Client authentication: who is let in, and what the others are told.
 */

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CLIENTS, openStage, SPA, WEB } from './oauth.testing.ts';

type Form = Readonly<Record<string, string>>;

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** What introspection of garbage answers: 200 means that the client was let in. */
async function openDoor() {
  const { post } = await openStage();
  return async (form: Form, headers: Record<string, string> = {}) => {
    const answer = await post('/introspect', { token: 'x', ...form }, headers);
    return { status: answer.status, error: answer.json.error, headers: answer.headers };
  };
}

test('a confidential client comes in by Basic or by the form', async () => {
  const knock = await openDoor();
  const odd = { client_id: 'asks-first', client_secret: 'a secret: 100% &+' };
  assert.equal((await knock(WEB)).status, 200);
  assert.equal((await knock(odd)).status, 200);
  assert.equal((await knock({}, basic('web', 'web-secret'))).status, 200);
  assert.equal((await knock({ client_id: 'web' }, basic('web', 'web-secret'))).status, 200);
  assert.equal((await knock({}, basic(odd.client_id, odd.client_secret))).status, 200);
  const encoded = 'a+secret%3A+100%25+%26%2B';
  assert.equal((await knock({}, basic(odd.client_id, encoded))).status, 200);
});

test('a public client comes in by name, whatever dummy secret it sends', async () => {
  const knock = await openDoor();
  assert.equal((await knock(SPA)).status, 200);
  assert.equal((await knock({ ...SPA, client_secret: 'dummy' })).status, 200);
  assert.equal((await knock({}, basic('spa', ''))).status, 200);
  assert.equal((await knock(SPA, basic('spa', 'dummy'))).status, 200);
});

test('a Bearer header is neither help nor hindrance', async () => {
  const knock = await openDoor();
  assert.equal((await knock(WEB, { Authorization: 'Bearer stale' })).status, 200);
  assert.equal((await knock({}, { Authorization: 'Bearer stale' })).status, 401);
});

test('whoever fails is told so, with a challenge only where Basic was used', async () => {
  const knock = await openDoor();
  for (const form of [
    {},
    { client_id: 'web' },
    { client_id: 'web', client_secret: '' },
    { client_id: 'web', client_secret: 'web-secre' },
    { client_id: 'nobody', client_secret: 'x' },
    { client_id: 'nobody' },
    { client_id: 'constructor' },
    { client_id: '__proto__', client_secret: 'x' },
  ] as Form[]) {
    const { status, error, headers } = await knock(form);
    assert.equal(status, 401, JSON.stringify(form));
    assert.equal(error, 'invalid_client');
    assert.equal(headers['WWW-Authenticate'], undefined);
  }
  for (const wrong of [
    basic('web', 'wrong'),
    basic('web', ''),
    basic('nobody', 'web-secret'),
    { Authorization: 'Basic !!!' },
    { Authorization: `Basic ${btoa('web')}` },
  ]) {
    const { status, error, headers } = await knock({}, wrong);
    assert.equal(status, 401);
    assert.equal(error, 'invalid_client');
    assert.equal(headers['WWW-Authenticate'], 'Basic realm="/alpha"');
  }
  const mixed = await knock(WEB, { Authorization: 'Basic !!!' });
  assert.equal(mixed.status, 401);
});

test('a secret may be known by its hash alone, and by one way in alone', async () => {
  const [web] = CLIENTS;
  const digest = createHash('sha256').update('web-secret').digest('base64url');
  const { client_secret: _plain, ...rest } = web ?? assert.fail();
  const hashed = { ...rest, client_secret_hash: `sha256:${digest}` };
  for (const [method, byBasic, byForm] of [
    [undefined, 200, 200],
    ['client_secret_basic', 200, 401],
    ['client_secret_post', 401, 200],
  ] as const) {
    const { post } = await openStage({
      clients: [{ ...hashed, token_endpoint_auth_method: method }],
    });
    const knock = async (form: Form, headers = {}) =>
      (await post('/introspect', { token: 'x', ...form }, headers)).status;
    assert.equal(await knock({}, basic('web', 'web-secret')), byBasic, method);
    assert.equal(await knock(WEB), byForm, method);
    assert.equal(await knock({ ...WEB, client_secret: digest }), 401, 'the hash is no secret');
    assert.equal(await knock({}, basic('web', `sha256:${digest}`)), 401);
  }
});

test('two methods, or two clients, in one call are one too many', async () => {
  const knock = await openDoor();
  for (const [form, headers] of [
    [WEB, basic('web', 'web-secret')],
    [SPA, basic('web', 'web-secret')],
    [{ client_id: 'web' }, basic('spa', 'dummy')],
  ] as const) {
    const { status, error } = await knock(form, headers);
    assert.equal(status, 400);
    assert.equal(error, 'invalid_request');
  }
});
