/**
 * What the tests of this dialect start from: a world, the dialect, and `ada` on her device.
 */

import { strict as assert } from 'node:assert';
import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import type { Session } from '../../engine/session.ts';
import { type Ask, ORIGIN, openWorld, request, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { idaas } from './index.ts';
import { SESSION_TOKEN } from './shape.ts';

const KEY_PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const CLIENT = { client_id: 'test-tenant', client_secret: 'test-tenant-secret' };

/** The same, with a key pair for signatures. */
export const SIGNING_CLIENT = {
  ...CLIENT,
  private_key: KEY_PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
export const OTHER_CLIENT = { client_id: 'other-tenant', client_secret: 'other-tenant-secret' };
export const OPTIONS = { tenant_clients: [CLIENT, OTHER_CLIENT] };

export const FINGERPRINT = 'a1b2c3d4-device-of-ada';

export const SDK_HEADERS = {
  'X-operating-sys-version': 'TestOS 1.0',
  'X-device-fingerprint': FINGERPRINT,
  'X-device-ip': '192.0.2.10',
  'X-agent': 'test agent',
  'X-client-id': CLIENT.client_id,
};

export const BAD_TOKEN = {
  error_code: 'IDAAS.SDK.PARAM.0023',
  error_msg: 'Invalid or expired session token',
};

export const PATHS = {
  token: '/api/v2/tenant/token',
  refresh: '/api/v2/tenant/sso/session-token/refresh',
  ssoTicket: '/api/v2/tenant/sso/session-token/sso-ticket',
  credentials: '/api/v2/tenant/sso/session-token/credentials',
  verifyTicket: '/api/v2/tenant/sso/sso-ticket/verify',
  login: '/api/v2/sdk/login',
  unifiedLogin: '/api/v2/sdk/login/auth',
  mobileLogin: '/api/v2/sdk/login/mobile-verify-code',
  sendCode: '/api/v2/sdk/sms/send',
  passwordUpdate: '/api/v2/sdk/pwd/update',
  passwordSkip: '/api/v2/sdk/pwd/skip-update',
  idToken: '/api/v2/sdk/sso/session-token/id-token',
  refreshIdToken: '/api/v2/sdk/session-token/refresh-id-token',
  logout: '/api/v2/sdk/logout',
  publicKey: '/api/v2/sdk/public-key',
  serverDate: '/api/v2/sdk/server-date',
};

/** Somebody with a mobile number. */
export const NOOR = {
  realm: 'alpha',
  username: 'noor',
  password: 'a-lamp-for-noor-7',
  mobile: '+971-50-000-0007',
  names: { en: 'Noor Lamp', ar: 'نور لامب' },
};

export const REFRESH_BODY = {
  operating_sys_version: 'TestOS 1.0',
  device_ip: '192.0.2.10',
  device_fingerprint: FINGERPRINT,
  agent: 'agent:test agent',
};

export interface Login {
  readonly session_token: string;
  readonly expire: number;
  readonly status: string;
  readonly id_token: string;
  /** The record behind it, as it stands. */
  readonly session: () => Promise<Session>;
}

export async function openStage(options: object = {}, world: WorldOptions = {}) {
  const opened = await openWorld(world);
  const { people } = opened;
  const { services } = opened;
  const dialect = idaas.create(services, schema.parse({ ...OPTIONS, ...options }));

  async function call(ask: Ask) {
    const answer = await request(dialect, ask);
    return { ...answer, json: answer.body === '' ? undefined : JSON.parse(answer.body) };
  }

  async function bearer({ client_id, client_secret } = CLIENT): Promise<string> {
    const query = { grant_type: 'client_credentials', client_id, client_secret };
    const { status, json } = await call({ method: 'POST', path: PATHS.token, query });
    assert.equal(status, 200);
    return json.access_token;
  }

  /** Signs in, and says which session that opened. */
  async function login(headers: Readonly<Record<string, string>> = {}): Promise<Login> {
    const { status, json } = await call({
      path: PATHS.login,
      headers: { ...SDK_HEADERS, ...headers },
      body: { user_name: people.ada.username, password: people.ada.password },
    });
    assert.equal(status, 200, JSON.stringify(json));
    return { ...json, session: () => sessionOf(json.session_token) };
  }

  /** The record behind a session token, as it stands. */
  async function sessionOf(text: string): Promise<Session> {
    const token = SESSION_TOKEN.read(text);
    const found = token && (await services.sessions.inspectToken(token));
    return found?.session ?? assert.fail('the session token is not genuine');
  }

  const refresh = (accessToken: string, session_token: string, body: object = {}) =>
    call({
      path: PATHS.refresh,
      headers: { Authorization: `Bearer ${accessToken}` },
      body: { session_token, ...REFRESH_BODY, ...body },
    });

  /** A call of the SDK on ada's device. */
  const sdk = (path: string, ask: Partial<Ask> = {}) => {
    const sent = ask.body === undefined ? {} : { body: ask.body };
    const headers = { ...SDK_HEADERS, ...ask.headers };
    return call({ method: 'POST', path, ...ask, ...sent, headers });
  };

  /** A call of an application's server, for ada's device. */
  const tenant = (path: string, accessToken: string, body: object) =>
    call({
      path,
      headers: { Authorization: `Bearer ${accessToken}` },
      body: { ...REFRESH_BODY, ...body },
    });

  const addNoor = () => services.directory.add(NOOR);

  const logout = (session_token: string, headers: Readonly<Record<string, string>> = {}) =>
    call({
      path: PATHS.logout,
      headers: { ...SDK_HEADERS, 'session-token': session_token, ...headers },
    });

  const calls = { call, sdk, tenant, bearer, login, refresh, logout };
  return { ...opened, services, dialect, ...calls, sessionOf, addNoor };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** As an application does it that has the public key: for `X-signature`. */
export function signatureOf(session_token: string, timestamp: number): string {
  const nonce = timestamp.toString(16);
  const text = `session_token=${session_token}&timestamp=${timestamp}&nonce=${nonce}`;
  return encrypted(text);
}

export function encrypted(text: string): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const key = { key: KEY_PAIR.publicKey, padding, oaepHash: 'sha256' };
  return publicEncrypt(key, Buffer.from(text)).toString('base64');
}

/** The claims of an id_token, as a foreign library takes them. */
export async function verified({ services, clock }: Stage, idToken: string) {
  const { keys } = services.keyring.publicKeys();
  const jwks = createLocalJWKSet({ keys: keys as unknown as JWK[] });
  const { payload } = await jwtVerify(idToken, jwks, {
    issuer: ORIGIN,
    audience: CLIENT.client_id,
    currentDate: new Date(clock.now()),
    typ: 'JWT',
  });
  return payload;
}
