/**
 * The permission table: every endpoint, and everybody who may knock.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR } from '../../engine/engine.testing.ts';
import { type Ask, request } from '../world.testing.ts';
import { schema } from './config.ts';
import { type Door, ON_DEVICE, ON_SERVER, OPEN, TENANT_CLIENTS } from './doors.testing.ts';
import {
  CLIENT,
  OPTIONS,
  OTHER_CLIENT,
  openStage,
  PATHS,
  REFRESH_BODY,
  SDK_HEADERS,
} from './idaas.testing.ts';
import { idaas } from './index.ts';

/** The same doors of another realm in the same server, with the same applications. */
async function openDoors({ world = {} }: Door) {
  const stage = await openStage(TENANT_CLIENTS, { ...world, realms: ['beta'] });
  const { services, join } = stage;
  const options = { ...OPTIONS, ...TENANT_CLIENTS, realm: 'beta' };
  const beta = idaas.create(services, schema.parse(options));
  join(stage.dialect);
  const old = await stage.bearer();
  stage.clock.advance(HOUR);
  const query = { grant_type: 'client_credentials', ...CLIENT };
  const ofBeta = await request(beta, { method: 'POST', path: PATHS.token, query });
  return { stage, beta, old, ofBeta: String(JSON.parse(ofBeta.body).access_token) };
}

/** `200`, or the code of the error. */
function said({ status, body }: { readonly status: number; readonly body: string }): string {
  if (status === 200) return OPEN;
  assert.equal(status, 400, body);
  const { error, error_code } = JSON.parse(body);
  return error ?? error_code;
}

test('every endpoint is in the table', async () => {
  const { dialect } = await openStage();
  const paths = new Set([PATHS.token, ...[...ON_SERVER, ...ON_DEVICE].map(({ path }) => path)]);
  assert.deepEqual(new Set(dialect.routes.map(({ path }) => path)), paths);
});

for (const door of ON_SERVER) {
  test(`who may: ${door.path}`, async () => {
    const { stage, beta, old, ofBeta } = await openDoors(door);
    const { body } = await door.key(stage);
    const ask = (bearer: string | undefined, more: object = {}): Ask => {
      const headers = { Authorization: bearer && `Bearer ${bearer}` };
      return { path: door.path, headers, body: { ...REFRESH_BODY, ...Object(body), ...more } };
    };
    const knock = async (...asked: Parameters<typeof ask>) =>
      said(await request(stage.dialect, ask(...asked)));
    const good = await stage.bearer();
    assert.equal(await knock(undefined), 'invalid_token', 'no tenant token');
    assert.equal(await knock('x'), 'invalid_token', 'none that is one');
    assert.equal(await knock(old), 'invalid_token', 'an expired one');
    assert.equal(await knock(ofBeta), 'invalid_token', 'one of another realm');
    const other = await stage.bearer(OTHER_CLIENT);
    assert.equal(await knock(other), door.stranger, 'another tenant client');
    const thief = { device_fingerprint: 'of-a-thief' };
    assert.equal(await knock(good, thief), door.stranger, 'another device');
    assert.equal(said(await request(beta, ask(ofBeta))), door.stranger, 'another realm');
    assert.equal(await knock(good), OPEN, 'the owner, after all that');
  });
}

for (const door of ON_DEVICE) {
  test(`who may: ${door.path}${door.otherClient ? ', signed' : ''}`, async () => {
    const { stage, beta } = await openDoors(door);
    const key = await door.key(stage);
    const ask = (headers: object = {}): Ask => {
      const { path, method = 'POST' } = door;
      return { ...key, path, method, headers: { ...SDK_HEADERS, ...key.headers, ...headers } };
    };
    const knock = async (headers?: object) => said(await request(stage.dialect, ask(headers)));
    for (const name of ['X-operating-sys-version', 'X-device-fingerprint', 'X-agent']) {
      assert.equal(await knock({ [name]: undefined }), 'IDAAS.SDK.PARAM.0001', `no ${name}`);
    }
    assert.equal(await knock({ 'X-client-id': undefined }), 'IDAAS.SDK.PARAM.0001', 'no client');
    assert.equal(await knock({ 'X-client-id': 'nobody' }), 'IDAAS.SDK.APP.0001', 'unknown client');
    const { stranger, otherClient = stranger, otherRealm = stranger } = door;
    const client = { 'X-client-id': OTHER_CLIENT.client_id };
    assert.equal(await knock(client), otherClient, 'another tenant client');
    const thief = { 'X-device-fingerprint': 'of-a-thief' };
    assert.equal(await knock(thief), stranger, 'another device');
    assert.equal(said(await request(beta, ask())), otherRealm, 'another realm');
    assert.equal(await knock(), OPEN, 'the owner, after all that');
  });
}
