/**
 * The vendors' own requests, as their documents show them: sign in, renew, sign out, through each
 * dialect. The tour prints them, the tests drive the server with them.
 */

import { createHash } from 'node:crypto';
import { type Answer, type Ask, cookieOf, form, json, type Wire } from './wire.ts';

export const ADA = { username: 'ada', password: 'let-there-be-light-1', email: 'ada@example.com' };
export const ROOT = { username: 'root', password: 'light-the-lamps-3' };
export const DEVICE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

const SSO_CREDENTIALS = '/api/v2/tenant/sso/session-token/credentials';
const API = '/lamplighter/v1/realms/alpha/sessions';
const AM = '/am/json/realms/root/realms/alpha';
const OAUTH = '/am/oauth2/realms/root/realms/alpha';
const REDIRECT = 'http://127.0.0.1:9999/callback';
const AM_COOKIE = 'iPlanetDirectoryPro';

/** What a client keeps between two calls. */
export type Held = Readonly<Record<string, string>>;

/** What opens the next door: a session token; with a tenant's own proof where it rotates. */
export interface Key {
  readonly token: string;
  readonly tenant?: string;
}

/** The server said no; `answer` is what it said. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Answer;
  constructor(ask: Ask, answer: Answer) {
    super(`${ask.method} ${ask.path}: ${answer.status} ${answer.body.slice(0, 300)}`);
    this.answer = answer;
  }
}

/** A client of one dialect. Each call throws `Refused` unless the server grants it. */
export interface Vendor {
  readonly name: string;
  /** The vendor's own sign-in. */
  open(wire: Wire): Promise<Held>;
  /** What opens the next door: the session token that it was given, and its device. */
  key(held: Held): Key;
  /** The same door, opened by a portal for somebody who holds the key of another. */
  adopt(wire: Wire, key: Key): Promise<Held>;
  renew(wire: Wire, held: Held): Promise<Held>;
  end(wire: Wire, held: Held): Promise<void>;
}

export async function must(wire: Wire, ask: Ask, ...wanted: number[]): Promise<Answer> {
  const answer = await wire.send(ask);
  const expected = wanted.length > 0 ? wanted : [200];
  if (!expected.includes(answer.status)) throw new Refused(ask, answer);
  return answer;
}

async function mustJson(
  wire: Wire,
  ask: Ask,
  ...wanted: number[]
): Promise<Record<string, string>> {
  const { body } = await must(wire, ask, ...wanted);
  return JSON.parse(body);
}

/** A credential of another dialect for the same session. */
async function portal(wire: Wire, key: Key, ask: Record<string, string>): Promise<Held> {
  const { path, bearer, more } = key.tenant
    ? { path: SSO_CREDENTIALS, bearer: key.tenant, more: deviceBody(key.token) }
    : { path: `${API}/current/credentials`, bearer: key.token, more: {} };
  const { headers, body } = json({ ...more, ...ask });
  const authorised = { ...headers, Authorization: `Bearer ${bearer}` };
  const request = { method: 'POST', path, headers: authorised, body };
  const answer = JSON.parse((await must(wire, request, 200, 201)).body);
  return answer.credential;
}

export const native: Vendor = {
  name: 'native',
  async open(wire) {
    const { username, password } = ADA;
    const ask = { method: 'POST', path: API, ...json({ username, password }) };
    const { token = '' } = await mustJson(wire, ask, 201);
    return { token };
  },
  key: ({ token = '' }) => ({ token }),
  adopt: (wire, key) => portal(wire, key, { dialect: 'native' }),
  async renew(wire, held) {
    const headers = { Authorization: `Bearer ${held.token}` };
    await must(wire, { method: 'POST', path: `${API}/current/renew`, headers });
    return held;
  },
  async end(wire, held) {
    const headers = { Authorization: `Bearer ${held.token}` };
    await must(wire, { method: 'DELETE', path: `${API}/current`, headers });
  },
};

export const forgerock: Vendor = {
  name: 'forgerock',
  async open(wire) {
    const headers = {
      'X-OpenAM-Username': ADA.username,
      'X-OpenAM-Password': ADA.password,
      'Accept-API-Version': 'resource=2.1',
      'Content-Type': 'application/json',
    };
    const { tokenId = '' } = await mustJson(wire, {
      method: 'POST',
      path: `${AM}/authenticate`,
      headers,
    });
    return { tokenId };
  },
  key: ({ tokenId = '' }) => ({ token: tokenId }),
  async adopt(wire, key) {
    const { tokenId = '' } = await portal(wire, key, { dialect: 'forgerock' });
    return { tokenId };
  },
  async renew(wire, held) {
    await must(wire, {
      method: 'POST',
      path: `${AM}/sessions?_prettyPrint=true&_action=refresh`,
      headers: {
        'Accept-API-Version': 'resource=4.0',
        'Content-Type': 'application/json',
        [AM_COOKIE]: held.tokenId ?? '',
      },
    });
    return held;
  },
  async end(wire, held) {
    await must(wire, {
      method: 'POST',
      path: `${AM}/sessions/?_action=logout`,
      headers: { 'Accept-API-Version': 'resource=3.1', [AM_COOKIE]: held.tokenId ?? '' },
    });
  },
};

/** The demo's confidential client. */
export const WEB = { client_id: 'demo-web', client_secret: 'demo-web-secret' };

/** A code without a browser, and its exchange, for whoever holds AM's session token. */
export async function oauthTokens(wire: Wire, tokenId: string, scope: string): Promise<Held> {
  const authorize = form({
    response_type: 'code',
    client_id: WEB.client_id,
    redirect_uri: REDIRECT,
    scope,
    state: 'tour',
    decision: 'allow',
    csrf: tokenId,
  });
  const headers = { ...authorize.headers, Cookie: `${AM_COOKIE}=${tokenId}` };
  const ask = { method: 'POST', path: `${OAUTH}/authorize`, headers, body: authorize.body };
  const answer = await must(wire, ask, 302);
  const code = new URL(answer.headers.location ?? '').searchParams.get('code') ?? '';
  const exchange = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...WEB };
  return mustJson(wire, { method: 'POST', path: `${OAUTH}/access_token`, ...form(exchange) });
}

export const oauth: Vendor = {
  name: 'oauth',
  async open(wire) {
    const { tokenId = '' } = await forgerock.open(wire);
    return { tokenId, ...(await oauthTokens(wire, tokenId, 'openid edit')) };
  },
  key: forgerock.key,
  async adopt(wire, key) {
    const { tokenId = '' } = await forgerock.adopt(wire, key);
    return { tokenId, ...(await oauthTokens(wire, tokenId, 'openid edit')) };
  },
  async renew(wire, held) {
    const refresh = form({
      grant_type: 'refresh_token',
      refresh_token: held.refresh_token ?? '',
      ...WEB,
      scope: 'edit',
    });
    // As the vendor's own collection does: the old access token comes along, and must be ignored.
    const headers = { ...refresh.headers, Authorization: `Bearer ${held.access_token}` };
    const ask = { method: 'POST', path: `${OAUTH}/access_token`, headers, body: refresh.body };
    return { ...held, ...(await mustJson(wire, ask)) };
  },
  async end(wire, held) {
    const path = `${OAUTH}/connect/endSession?id_token_hint=${held.id_token}`;
    await must(wire, { method: 'GET', path }, 200, 204);
  },
};

function s360Ask(name: 'authenticate' | 'refresh' | 'logout', held: Held): Ask {
  const { headers, body } = json({ sessionToken: held.sessionToken, sessionId: held.sessionId });
  return {
    method: 'POST',
    path: `/idp/sso/v1/${name}`,
    headers: {
      ...headers,
      'X-Request-Id': '5f0c1f0e-6d0e-4b54-9d2c-2f6d9d1a7c11',
      api_key: 'demo0000api0000key000000',
    },
    body,
  };
}

export const s360: Vendor = {
  name: 's360',
  async open(wire) {
    const held = await native.open(wire);
    return { ...held, ...(await s360.adopt(wire, native.key(held))) };
  },
  key: native.key,
  async adopt(wire, key) {
    const pair = await portal(wire, key, { dialect: 's360', application: 'chatbot' });
    await must(wire, s360Ask('authenticate', pair));
    return pair;
  },
  async renew(wire, held) {
    const { body } = await must(wire, s360Ask('refresh', held));
    return { ...held, accessToken: JSON.parse(body).data.accessToken };
  },
  async end(wire, held) {
    await must(wire, s360Ask('logout', held));
  },
};

const SDK_HEADERS = {
  'X-operating-sys-version': 'Android 15',
  'X-device-fingerprint': DEVICE,
  'X-device-ip': '192.0.2.10',
  'X-agent': 'agent:tour',
  'X-client-id': 'demo-tenant',
};

function deviceBody(session_token: string) {
  return {
    session_token,
    operating_sys_version: 'Android 15',
    device_ip: '192.0.2.10',
    device_fingerprint: DEVICE,
    agent: 'agent:tour',
  };
}

async function tenantToken(wire: Wire): Promise<string> {
  const query = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'demo-tenant',
    client_secret: 'demo-tenant-secret',
  });
  const ask = { method: 'POST', path: `/api/v2/tenant/token?${query}` };
  const { access_token = '' } = await mustJson(wire, ask);
  return access_token;
}

export const idaas: Vendor = {
  name: 'idaas',
  async open(wire) {
    const { headers, body } = json({ user_name: ADA.username, password: ADA.password });
    const ask = {
      method: 'POST',
      path: '/api/v2/sdk/login',
      headers: { ...headers, ...SDK_HEADERS },
      body,
    };
    const access_token = await tenantToken(wire);
    const { session_token = '' } = await mustJson(wire, ask);
    return { access_token, session_token };
  },
  key: ({ session_token = '', access_token }) => ({ token: session_token, tenant: access_token }),
  async adopt(wire, key) {
    const ask = { dialect: 'idaas', application: 'demo-tenant', device: DEVICE };
    const { session_token = '' } = await portal(wire, key, ask);
    return { access_token: await tenantToken(wire), session_token };
  },
  async renew(wire, held) {
    const { headers, body } = json(deviceBody(held.session_token ?? ''));
    const path = '/api/v2/tenant/sso/session-token/refresh';
    const authorised = { ...headers, Authorization: `Bearer ${held.access_token}` };
    const ask = { method: 'POST', path, headers: authorised, body };
    const { session_token = '' } = await mustJson(wire, ask);
    return { ...held, session_token };
  },
  async end(wire, held) {
    const headers = { ...SDK_HEADERS, 'session-token': held.session_token ?? '' };
    await must(wire, { method: 'GET', path: '/api/v2/sdk/logout', headers });
  },
};

const ZENDESK_COOKIE = '_zendesk_shared_session';
const RENEW = '/api/v2/users/me/session/renew.json';

export const zendesk: Vendor = {
  name: 'zendesk',
  async open(wire) {
    const basic = Buffer.from(`${ADA.email}:${ADA.password}`).toString('base64');
    const ask = { method: 'GET', path: RENEW, headers: { Authorization: `Basic ${basic}` } };
    const answer = await must(wire, ask);
    const { authenticity_token } = JSON.parse(answer.body);
    return { cookie: cookieOf(answer, ZENDESK_COOKIE) ?? '', authenticity_token };
  },
  key: ({ cookie = '' }) => ({ token: cookie }),
  async adopt(wire, key) {
    const given = await portal(wire, key, { dialect: 'zendesk' });
    return { cookie: given[ZENDESK_COOKIE] ?? '', authenticity_token: '' };
  },
  async renew(wire, held) {
    const headers = { Cookie: `${ZENDESK_COOKIE}=${held.cookie}` };
    const { authenticity_token = '' } = await mustJson(wire, {
      method: 'GET',
      path: RENEW,
      headers,
    });
    return { ...held, authenticity_token };
  },
  async end(wire, held) {
    const headers = {
      Cookie: `${ZENDESK_COOKIE}=${held.cookie}`,
      'X-CSRF-Token': held.authenticity_token ?? '',
    };
    await must(wire, { method: 'DELETE', path: '/api/v2/users/me/logout.json', headers }, 204);
  },
};

export const VENDORS: readonly Vendor[] = [forgerock, oauth, s360, idaas, zendesk, native];

/** A short name for a secret, for texts that must not hold it. */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8);
}
