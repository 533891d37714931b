/**
 * What the tests of this dialect start from: a world, the dialect, and a pair of `ada`'s.
 */

import { strict as assert } from 'node:assert';
import type { Session } from '../../engine/session.ts';
import { openWorld, request, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { s360 } from './index.ts';
import type { Pair } from './shape.ts';

export const API_KEY = 'test0000api0000key000000';
export const JWT_KEY = 'a-key-for-the-tests-of-this-dialect';
export const TOKEN_KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

export const OPTIONS = {
  api_keys: [{ key: API_KEY }, { key: 'test0000api0000key000001' }],
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

  return { ...opened, dialect, signIn, pairOf, call };
}

/** The claims of a compact JWS, unchecked. */
export function claimsOf(jws: string) {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
}
