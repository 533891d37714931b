/**
 * What the tests of this dialect start from: a world, the dialect, and `ada` on her device.
 */

import { strict as assert } from 'node:assert';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import type { Session } from '../../engine/session.ts';
import { type Ask, ORIGIN, openWorld, request, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { idaas } from './index.ts';
import { SESSION_TOKEN } from './shape.ts';

export const CLIENT = { client_id: 'test-tenant', client_secret: 'test-tenant-secret' };
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

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const BAD_TOKEN = {
  error_code: 'IDAAS.SDK.PARAM.0023',
  error_msg: 'Invalid or expired session token',
};

export const PATHS = {
  token: '/api/v2/tenant/token',
  login: '/api/v2/sdk/login',
  refresh: '/api/v2/tenant/sso/session-token/refresh',
  logout: '/api/v2/sdk/logout',
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
  const { services, people } = opened;
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

  const logout = (session_token: string, headers: Readonly<Record<string, string>> = {}) =>
    call({
      path: PATHS.logout,
      headers: { ...SDK_HEADERS, 'session-token': session_token, ...headers },
    });

  return { ...opened, dialect, call, bearer, login, refresh, logout, sessionOf };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

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
