/**
 * What the tests of this dialect start from: a world, the dialect, and a pair of `ada`'s.
 */

import { strict as assert } from 'node:assert';
import type { Session } from '../../engine/session.ts';
import { openWorld, request, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { s360 } from './index.ts';
import type { Pair } from './shape.ts';

/** Whose pair an operation asks for. */
export const DOORS = {
  authenticate: 'owner',
  refresh: 'owner',
  context: 'owner',
  logout: 'owner',
  'child/create': 'owner',
  'child/get': 'child',
  'child/refresh': 'child',
  'child/validate': 'child',
  'child/logout': 'child',
  'child/messages': 'child',
} as const;

export type Operation = keyof typeof DOORS;

export const OPERATIONS = Object.keys(DOORS) as readonly Operation[];

/** What an operation asks for beside a pair. */
export const MORE: Readonly<Partial<Record<Operation, object>>> = {
  'child/create': { externalSystemId: 'forms', iidParams: { test: { a: 0, b: 0 } } },
  'child/messages': { messages: [{ en: 'Received', ar: 'تم الاستلام' }] },
};

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const API_KEY = 'test0000api0000key000000';
/** Unknown to nobody, and let in by nobody. */
export const INACTIVE_KEY = 'test0000api0000key000002';
/** For the pairs of the system `forms` alone. */
export const FORMS_KEY = 'test0000api0000key000003';
export const JWT_KEY = 'a-key-for-the-tests-of-this-dialect';
export const TOKEN_KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

export const OPTIONS = {
  api_keys: [
    { key: API_KEY },
    { key: 'test0000api0000key000001' },
    { key: INACTIVE_KEY, active: false },
    { key: FORMS_KEY, external_systems: ['forms'] },
  ],
  external_systems: [
    { name: 'chatbot', jwt_key: JWT_KEY, token_key: TOKEN_KEY },
    { name: 'forms' },
  ],
};

export async function openStage(options: object = {}, world: WorldOptions = {}) {
  const opened = await openWorld(world);
  const { services, people } = opened;
  const dialect = s360.create(services, schema.parse({ ...OPTIONS, ...options }));

  /** A sign-in through some other dialect. */
  async function signIn(subject = people.ada.subject, realm = 'alpha'): Promise<Session> {
    const epoch = await services.sessions.epoch(realm, subject);
    const outcome = await services.sessions.open({ realm, subject, epoch, origin: 'native' });
    return 'refused' in outcome ? assert.fail(outcome.refused) : outcome.session;
  }

  async function pairOf(session: Session, application = 'chatbot'): Promise<Pair> {
    const ask = { application, device: null, origin: 'http://127.0.0.1:8080' };
    const outcome = await dialect.credential(session, ask);
    if (!('credential' in outcome)) return assert.fail(JSON.stringify(outcome));
    const { sessionId, sessionToken } = outcome.credential;
    return { sessionId: String(sessionId), sessionToken: String(sessionToken) };
  }

  /** Calls an operation with the API key of the tests. */
  async function call(operation: string, body: object | string | Buffer, headers: object = {}) {
    const path = `/idp/sso/v1/${operation}`;
    const sent = Buffer.isBuffer(body) || typeof body === 'string' ? body : { ...body };
    const answer = await request(dialect, {
      method: 'POST',
      path,
      headers: { api_key: API_KEY, ...headers },
      body: sent,
    });
    return { ...answer, json: answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined };
  }

  /** A child session under a pair of the portal's. */
  async function childOf(parent: Pair, more: object = {}): Promise<Pair> {
    const { status, json } = await call('child/create', {
      ...parent,
      externalSystemId: 'forms',
      ...more,
    });
    assert.equal(status, 200, JSON.stringify(json));
    return json.data;
  }

  /** Counts what is written from now on. */
  function countWrites(): { readonly written: number } {
    const commit = opened.store.commit.bind(opened.store);
    const count = { written: 0 };
    opened.store.commit = async (writes) => {
      const outcome = await commit(writes);
      if (outcome === 'committed') count.written += 1;
      return outcome;
    };
    return count;
  }

  return { ...opened, dialect, signIn, pairOf, childOf, call, countWrites };
}

/** The claims of a compact JWS, unchecked. */
export function claimsOf(jws: string) {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
}
