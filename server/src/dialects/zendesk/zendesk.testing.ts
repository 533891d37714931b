/**
 * What the tests of the zendesk dialect share: the dialect in a small world, and its calls.
 */

import { strict as assert } from 'node:assert';
import { DAY } from '../../engine/engine.testing.ts';
import type { Session } from '../../engine/session.ts';
import type { Dialect, WireAnswer } from '../dialect.ts';
import { type Ask, openWorld, request, type World, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { zendesk } from './index.ts';

export const ME = '/api/v2/users/me';
export const API_TOKEN = 'demo-zendesk-token';

export interface Stage extends World {
  readonly dialect: Dialect;
  readonly send: (ask: Ask) => Promise<WireAnswer>;
  /** A session as a browser has it: its cookie, its authenticity token, and the record. */
  readonly browser: (who?: keyof World['people']) => Promise<Browser>;
  /** What an application sends that has an access token of that scope. */
  readonly bearer: (who?: keyof World['people'], ask?: BearerAsk) => Promise<Bearer>;
}

export interface BearerAsk {
  readonly scope?: readonly string[];
  readonly offline?: boolean;
}

export interface Bearer {
  readonly authorization: string;
  readonly session: Session;
}

export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  readonly session: Session;
}

export async function openStage(options?: WorldOptions, config: object = {}): Promise<Stage> {
  const world = await openWorld(options);
  const api_tokens = [{ token: API_TOKEN }];
  const dialect = world.join(
    zendesk.create(world.services, schema.parse({ api_tokens, ...config })),
  );
  const { sessions } = world.services;
  const tokens = new Map<string, { session: Session; slot: number; scope: readonly string[] }>();
  // Stands for the dialect whose access tokens these are.
  world.join({
    ...dialect,
    name: 'issuer',
    routes: [],
    readSessionToken: () => undefined,
    async readAccessToken(text, realm) {
      const known = tokens.get(text);
      if (!known) return undefined;
      const name = { id: known.session.id, slot: known.slot, generation: 1 };
      const seen = await sessions.seeAccess(name, realm);
      if ('refused' in seen) return undefined;
      return { session: seen.session, client: seen.grant.client, scope: known.scope };
    },
  });
  return {
    ...world,
    dialect,
    async bearer(who = 'ada', { scope = ['read', 'write'], offline = false } = {}) {
      const { subject } = world.people[who];
      const binding = { kind: 'none', value: '' } as const;
      const life = { isSignIn: false, offline, idleMs: null, lifeMs: DAY, facts: {}, notice: null };
      const grant = { client: 'app', scope, binding, ...life };
      const epoch = await sessions.epoch('alpha', subject);
      const ask = { realm: 'alpha', subject, epoch, origin: 'native', grant };
      const opened = await sessions.open(ask);
      assert.ok(!('refused' in opened) && opened.grant);
      const text = `access-${opened.session.id}`;
      tokens.set(text, { session: opened.session, slot: opened.grant.slot, scope });
      return { authorization: `Bearer ${text}`, session: opened.session };
    },
    send: (ask) => request(dialect, ask),
    async browser(who = 'ada') {
      const { subject } = world.people[who];
      const epoch = await sessions.epoch('alpha', subject);
      const ask = { realm: 'alpha', subject, epoch, origin: 'native' };
      const opened = await sessions.open(ask);
      assert.ok(!('refused' in opened));
      const { session } = opened;
      const given = await dialect.credential(session, {
        application: null,
        device: null,
        origin: '',
      });
      assert.ok('credential' in given);
      const { authenticity_token, _zendesk_shared_session } = given.credential;
      return {
        cookie: `_zendesk_shared_session=${_zendesk_shared_session}`,
        csrf: String(authenticity_token),
        session,
      };
    },
  };
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export function assertUnauthenticated(answer: WireAnswer): void {
  assert.equal(answer.status, 401, answer.body);
  assert.equal(answer.body, `{"error":"Couldn't authenticate you"}`);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers['cache-control'], 'no-cache');
  assert.equal(answer.headers['Set-Cookie'], undefined);
}
