/**
 * What the tests of this dialect start from: a world, some clients, and `ada` signed in through
 * some other dialect.
 */

import { strict as assert } from 'node:assert';
import type { Session } from '../../engine/session.ts';
import type { Dialect, WireAnswer } from '../dialect.ts';
import { prefixed } from '../shapes.ts';
import { type Ask, openWorld, request, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { oauth } from './index.ts';

export const BASE = '/am/oauth2/realms/root/realms/alpha';
export const ISSUER = `http://127.0.0.1:8080${BASE}`;
export const CALLBACK = 'http://127.0.0.1:9999/callback';
export const COOKIE = 'iPlanetDirectoryPro';

/** RFC 7636, appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'read', 'write', 'share', 'edit'];

export const CLIENTS = [
  {
    client_id: 'web',
    client_secret: 'web-secret',
    realm: 'alpha',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    scopes: SCOPES,
    implied_consent: true,
  },
  {
    client_id: 'spa',
    public: true,
    realm: 'alpha',
    redirect_uris: [CALLBACK, 'https://spa.example/?page=1'],
    grant_types: ['authorization_code', 'refresh_token'],
    scopes: SCOPES,
    implied_consent: true,
  },
  {
    client_id: 'asks-first',
    client_secret: 'a secret: 100% &+',
    realm: 'alpha',
    redirect_uris: [CALLBACK],
    scopes: ['openid', 'read'],
  },
  {
    client_id: 'television',
    client_name: 'Living Room <TV>',
    public: true,
    realm: 'alpha',
    grant_types: ['device_code', 'refresh_token'],
    scopes: SCOPES,
  },
  {
    client_id: 'resource',
    client_secret: 'resource-secret',
    realm: 'alpha',
    grant_types: [],
    scopes: ['am-introspect-all-tokens'],
  },
  {
    client_id: 'batch',
    client_secret: 'batch-secret',
    realm: 'alpha',
    grant_types: ['client_credentials'],
    scopes: ['read'],
    token_exchange: { audiences: ['https://back.example'], scopes: ['read'] },
  },
];

/** What stands for some dialect's session token. */
const SESSION = prefixed('test', 'lamp_test_');

/** The dialect through which `signIn` signs in. */
const ELSEWHERE: Dialect = {
  ...{ name: 'test', hosts: [], realm: null, prefixes: [], routes: [] },
  readSessionToken: SESSION.read,
  reject: () => assert.fail('it is never asked'),
  credential: async () => ({ fault: 'it is never asked' }),
};

export type Form = Readonly<Record<string, string>>;

export const WEB: Form = { client_id: 'web', client_secret: 'web-secret' };
export const SPA: Form = { client_id: 'spa' };

export async function openStage(options: object = {}, worldOptions: WorldOptions = {}) {
  const world = await openWorld(worldOptions);
  const { services } = world;
  const { sessions } = services;
  world.join(ELSEWHERE);
  const dialect = world.join(
    oauth.create(services, schema.parse({ clients: CLIENTS, ...options })),
  );

  async function signIn(person = world.people.ada, realm = 'alpha') {
    const epoch = await sessions.epoch(realm, person.subject);
    const ask = { realm, subject: person.subject, epoch, origin: 'test' };
    const opened = await sessions.open(ask);
    if ('refused' in opened) return assert.fail(opened.refused);
    return { session: opened.session, text: textOf(opened.session) };
  }

  const textOf = (session: Session, slot = 0) =>
    SESSION.write(sessions.token(session, 'test', slot));

  const send = (ask: Ask) => request(dialect, ask);

  /** A GET as browsers' and mobiles' SDKs send it, for the client `web` unless told. */
  const authorize = (text: string | undefined, more: Record<string, string | undefined> = {}) => {
    const query = defined({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: CALLBACK,
      scope: 'edit',
      state: 's1',
      ...more,
    });
    return send({ path: `${BASE}/authorize`, query, headers: text ? { [COOKIE]: text } : {} });
  };

  async function codeOf(text: string, more: Record<string, string | undefined> = {}) {
    const { answered } = locationOf(await authorize(text, more));
    return answered.get('code') ?? assert.fail(`no code: ${answered}`);
  }

  /** A form to an endpoint below the realm. */
  async function post(path: string, form: Form, headers: Record<string, string> = {}) {
    const body = new URLSearchParams(form);
    const answer = await send({ path: BASE + path, body, headers });
    return { ...answer, json: JSON.parse(answer.body) };
  }

  const token = (form: Form, headers: Record<string, string> = {}) =>
    post('/access_token', form, headers);

  const exchange = (code: string, more: Form = WEB) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...more });

  const refresh = (refreshToken: string, more: Form = WEB) =>
    token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more });

  /** A whole sign-in and exchange. */
  async function granted(client: 'web' | 'spa' = 'web', scope = 'edit openid') {
    const person = await signIn();
    const isPublic = client === 'spa';
    const pkce = isPublic ? { code_challenge: CHALLENGE, code_challenge_method: 'S256' } : {};
    const code = await codeOf(person.text, { client_id: client, scope, ...pkce });
    const proof = isPublic ? { ...SPA, code_verifier: VERIFIER } : WEB;
    const { status, json } = await exchange(code, proof);
    assert.equal(status, 200, JSON.stringify(json));
    return { ...person, code, json };
  }

  const steps = { signIn, textOf, send, authorize, codeOf, post, token, exchange, refresh };
  return { ...world, dialect, ...steps, granted };
}

/** Where a redirect goes, and what it says. */
export function locationOf({ status, headers }: WireAnswer) {
  assert.equal(status, 302);
  const location = new URL(String(headers.Location));
  const answered = location.searchParams;
  return { target: location.origin + location.pathname, answered };
}

/** The claims of a compact JWS, unchecked. */
export function claimsOf(jws: string) {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
}

function defined(members: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}
