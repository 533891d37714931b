/**
 * The dialect against golden exchanges, the host's rejections, a store that is down, and its options.
 */

import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { DAY } from '../../engine/engine.testing.ts';
import type { Rejection } from '../dialect.ts';
import { testEndpoints, testErrors, testExchanges, testMarks } from '../exchange.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { schema } from './config.ts';
import {
  CLIENT,
  NOOR,
  openStage,
  PATHS,
  SIGNING_CLIENT,
  type Stage,
  signatureOf,
} from './idaas.testing.ts';

const ED25519 = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const EXCHANGES = new URL('exchanges/', import.meta.url);

/** What a file is replayed with, besides the defaults. */
const STAGES: Readonly<Record<string, () => Promise<Stage>>> = {
  'huawei.http': openHuawei,
  'limits.http': () => {
    const quota = { sessions: 1, whenReached: 'deny' } as const;
    return openStage({}, { lockout: { failures: 2 }, policy: { quota } });
  },
  'password.http': () => openStage({}, { passwordAge: { maxMs: 30 * DAY, warnMs: 7 * DAY } }),
};

function openHuawei(): Promise<Stage> {
  const tenant_clients = [SIGNING_CLIENT];
  return openStage({ tenant_clients, refresh_id_token: true, user_info: 'wrapped' });
}

testExchanges(EXCHANGES, async (file) => {
  const { dialect, join, clock, people, addNoor } = await (STAGES[file] ?? openStage)();
  join(dialect);
  await addNoor();
  const { client_id, client_secret } = CLIENT;
  const { password } = people.ada;
  const values = { client_id, client_secret, password, ...(await foreseen()) };
  return { dialect, clock, values };
});

testMarks(EXCHANGES);

testErrors(EXCHANGES, new URL('errors.ts', import.meta.url), /error_code: '([^']+)'/g, {
  'IDAAS.SDK.LOGIN.0002': 'handlers/credentials.test.ts: a full session',
});

testEndpoints(EXCHANGES, async () => (await openStage()).dialect.routes);

/** What only a telephone and an encrypting client would know: worlds of one seed are alike. */
async function foreseen() {
  const twin = await openHuawei();
  await twin.addNoor();
  const { session_token } = await twin.login();
  await twin.sdk(PATHS.sendCode, { body: { mobile: NOOR.mobile, type: 'LOGIN_SMS' } });
  const [{ code = '' } = {}] = twin.codes;
  return { code, signature: signatureOf(session_token, twin.clock.now()) };
}

test('says what the host found in the form of the path', async () => {
  const { dialect } = await openStage();
  const expected: Record<Rejection, [status: number, error: string]> = {
    no_such_path: [404, 'invalid_request'],
    method_not_allowed: [405, 'invalid_request'],
    body_too_large: [413, 'invalid_request'],
    headers_too_large: [431, 'invalid_request'],
    malformed_request: [400, 'invalid_request'],
    timed_out: [408, 'invalid_request'],
    unavailable: [503, 'temporarily_unavailable'],
    internal_error: [500, 'server_error'],
  };
  for (const [rejection, [status, error]] of Object.entries(expected)) {
    const at = (path: string) => dialect.reject(rejection as Rejection, wireRequest({ path }));
    const [token, sdk] = [at(PATHS.token), at('/api/v2/sdk/nothing')];
    assert.deepEqual([token.status, sdk.status], [status, status]);
    assert.equal(JSON.parse(token.body).error, error);
    assert.equal(JSON.parse(sdk.body).error_code, `IDAAS.SDK.HTTP.0${status}`);
    assert.equal(sdk.headers['Retry-After'], status === 503 ? '1' : undefined);
  }
});

test('a store that is down is for the host to answer', async () => {
  const { bearer, login, refresh, store } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  const fault = new Error('down');
  store.read = () => Promise.reject(fault);
  await assert.rejects(refresh(access, session_token), fault);
});

test('options that cannot work are refused', () => {
  for (const options of [
    { unknown: 1 },
    { tenant_clients: [{ client_id: 'a' }] },
    { tenant_clients: [CLIENT, CLIENT] },
    { session_idle: 'soon' },
    { session_idle: '0s' },
    { bad_bearer_status: 403 },
    { user_info: 'both' },
    { code_sender: 'pigeon' },
    { codes_per_day: 0 },
    { sso_ticket_life: '2h' },
    { tenant_clients: [{ ...CLIENT, private_key: 'none' }] },
    { tenant_clients: [{ ...CLIENT, private_key: ED25519 }] },
    { tenant_clients: [{ ...CLIENT, private_key: rsa(1024) }] },
    { tenant_clients: [{ ...CLIENT, private_key: rsa(4104) }] },
  ]) {
    assert.equal(schema.safeParse(options).success, false, JSON.stringify(options));
  }
});

function rsa(modulusLength: number): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
