/**
 * What the tests of the zendesk dialect share: the dialect in a small world, and its calls.
 */

import { strict as assert } from 'node:assert';
import type { Grant, Session } from '../../engine/session.ts';
import { GRANT } from '../../sessions/sessions.testing.ts';
import type { GrantAsk, Sessions } from '../../sessions/sessions.ts';
import type { Dialect, WireAnswer } from '../dialect.ts';
import { type Ask, openWorld, request, type World, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { zendesk } from './index.ts';

export const ME = '/api/v2/users/me';
export const API_TOKEN = 'demo-zendesk-token';

export interface Stage extends World {
  readonly dialect: Dialect;
  readonly send: (ask: Ask) => Promise<WireAnswer>;
  /** A session as a browser has it. */
  readonly browser: (who?: keyof World['people']) => Promise<Browser>;
  /** What an application sends that has an access token of that scope. */
  readonly bearer: (who?: keyof World['people'], ask?: BearerAsk) => Promise<Bearer>;
  /** The door of the dialect to a session that was opened elsewhere. */
  readonly doorTo: (session: Session) => Promise<Door>;
}

export interface BearerAsk {
  readonly scope?: readonly string[];
  readonly offline?: boolean;
}

export interface Bearer {
  readonly authorization: string;
  readonly session: Session;
}

/** A cookie, and the authenticity token of its session. */
export interface Door {
  readonly cookie: string;
  readonly csrf: string;
}

export interface Browser extends Door {
  readonly session: Session;
}

export async function openStage(options: object = {}, world: WorldOptions = {}): Promise<Stage> {
  const opened = await openWorld(world);
  const { services, people, join } = opened;
  const config = schema.parse({ api_tokens: [{ token: API_TOKEN }], ...options });
  const dialect = join(zendesk.create(services, config));
  const issuer = createIssuer(services.sessions);
  join({ ...dialect, name: 'issuer', routes: [], ...issuer.reading });

  async function signIn(who: keyof World['people'], grant?: GrantAsk) {
    const { subject } = people[who];
    const epoch = await services.sessions.epoch('alpha', subject);
    const ask = { realm: 'alpha', subject, epoch, origin: 'native', ...(grant && { grant }) };
    const outcome = await services.sessions.open(ask);
    return 'refused' in outcome ? assert.fail(outcome.refused) : outcome;
  }

  async function doorTo(session: Session): Promise<Door> {
    const ask = { application: null, device: null, origin: '' };
    const given = await dialect.credential(session, ask);
    if (!('credential' in given)) return assert.fail(JSON.stringify(given));
    const { authenticity_token, _zendesk_shared_session: token } = given.credential;
    return { cookie: `_zendesk_shared_session=${token}`, csrf: String(authenticity_token) };
  }

  return {
    ...opened,
    dialect,
    send: (ask) => request(dialect, ask),
    doorTo,
    async browser(who = 'ada') {
      const { session } = await signIn(who);
      return { session, ...(await doorTo(session)) };
    },
    async bearer(who = 'ada', { scope = ['read', 'write'], offline = false } = {}) {
      const { session, grant } = await signIn(who, { ...GRANT, scope, offline });
      assert.ok(grant);
      return { authorization: `Bearer ${issuer.issue(session, grant)}`, session };
    },
  };
}

/** Stands for the dialect whose access tokens these are. */
function createIssuer(sessions: Sessions) {
  const issued = new Map<string, { session: Session; grant: Grant }>();
  const reading: Pick<Dialect, 'readSessionToken' | 'readAccessToken'> = {
    readSessionToken: () => undefined,
    async readAccessToken(text, realm) {
      const known = issued.get(text);
      if (!known) return undefined;
      const { session, grant } = known;
      const seen = await sessions.seeAccess(
        { id: session.id, slot: grant.slot, generation: 1 },
        realm,
      );
      if ('refused' in seen) return undefined;
      return { session: seen.session, client: seen.grant.client, scope: grant.scope };
    },
  };
  return {
    reading,
    issue(session: Session, grant: Grant): string {
      const text = `access-${session.id}`;
      issued.set(text, { session, grant });
      return text;
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
