/**
 * Access tokens for the servers of applications.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Ask } from '../../world.testing.ts';
import { CLIENT, OTHER_CLIENT, openStage, PATHS, verified } from '../idaas.testing.ts';

test('tenant token: in the query, as a form, as JSON, and by HTTP Basic', async () => {
  const stage = await openStage();
  const { call } = stage;
  const all = { grant_type: 'client_credentials', ...CLIENT };
  const basic = Buffer.from(`${CLIENT.client_id}:${CLIENT.client_secret}`).toString('base64');
  const { path } = { path: PATHS.token };
  const asks: Ask[] = [
    { method: 'POST', path, query: all },
    { path, body: new URLSearchParams(all) },
    { path, body: all },
    { path, body: new URLSearchParams(CLIENT), query: { grant_type: all.grant_type } },
    {
      path,
      body: new URLSearchParams({ grant_type: all.grant_type }),
      headers: { Authorization: `Basic ${basic}` },
    },
  ];
  for (const ask of asks) {
    const { status, json, headers } = await call(ask);
    assert.equal(status, 200, JSON.stringify(ask));
    const members = ['access_token', 'token_type', 'expires_in', 'scope', 'id_token'];
    assert.deepEqual(Object.keys(json), members);
    assert.match(json.access_token, /^[0-9a-f-]{36}$/);
    assert.deepEqual([json.token_type, json.expires_in, json.scope], ['bearer', 1800, 'all']);
    assert.equal(headers['Cache-Control'], 'no-store');
    const { sub, exp, iat } = await verified(stage, json.id_token);
    assert.equal(sub, CLIENT.client_id);
    assert.equal(Number(exp) - Number(iat), 1800);
  }
});

test('tenant token: what is wrong is said in the form of OAuth, with status 400', async () => {
  const { call } = await openStage();
  const all = { grant_type: 'client_credentials', ...CLIENT };
  const post = (query: Ask['query'], ask: Partial<Ask> = {}) =>
    call({ method: 'POST', path: PATHS.token, query: query ?? {}, ...ask });
  const json = { 'Content-Type': 'application/json' };
  const cases: [expected: string, answer: ReturnType<typeof call>][] = [
    ['invalid_client', post({ ...all, client_secret: 'wrong' })],
    ['invalid_client', post({ ...all, client_id: 'nobody' })],
    ['invalid_client', post({ ...all, client_secret: '' })],
    ['invalid_client', post({ ...all, client_id: 'nobody', client_secret: '' })],
    ['invalid_client', post({ ...all, client_secret: OTHER_CLIENT.client_secret })],
    ['unsupported_grant_type', post({ ...all, grant_type: 'password' })],
    ['invalid_request', post({})],
    ['invalid_request', post({ ...CLIENT })],
    ['invalid_request', post({ ...all, client_id: [CLIENT.client_id, CLIENT.client_id] })],
    ['invalid_request', post(all, { body: new URLSearchParams(all) })],
    ['invalid_request', post({}, { headers: json, body: '{' })],
    ['invalid_request', post({}, { headers: json, body: '[1]' })],
    ['invalid_request', post({}, { body: { ...all, client_id: ['a'] } })],
    ['invalid_request', post({}, { body: { __proto__: all } })],
    ['invalid_request', post({}, { body: Buffer.from([0xff, 0x00, 0x25, 0x3d]) })],
    ['invalid_request', post({}, { headers: { Authorization: 'Basic %%%' } })],
  ];
  for (const [expected, asked] of cases) {
    const { status, json: body } = await asked;
    assert.equal(status, 400);
    assert.equal(body.error, expected);
    assert.deepEqual(Object.keys(body), ['error', 'error_description']);
  }
});
