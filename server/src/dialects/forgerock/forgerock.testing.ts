/**
 * What the tests of the forgerock dialect share: the dialect in a small world, and its calls.
 */

import { strict as assert } from 'node:assert';
import type { Dialect, WireAnswer } from '../dialect.ts';
import { type Ask, openWorld, request, type World, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { forgerock } from './index.ts';

export const BASE = '/am/json/realms/root/realms/alpha';
export const COOKIE = 'iPlanetDirectoryPro';

export interface Stage extends World {
  readonly dialect: Dialect;
  readonly send: (ask: Ask) => Promise<WireAnswer>;
  /** Signs in, and hands back the tokenId. */
  readonly login: (who?: keyof World['people']) => Promise<string>;
  /** An action of .../sessions, with the token in the header unless told otherwise. */
  readonly act: (action: string, tokenId?: string, ask?: Partial<Ask>) => Promise<WireAnswer>;
}

export async function openStage(options: object = {}, world: WorldOptions = {}): Promise<Stage> {
  const opened = await openWorld(world);
  const dialect = opened.join(forgerock.create(opened.services, schema.parse(options)));
  const send = (ask: Ask) => request(dialect, ask);
  return {
    ...opened,
    dialect,
    send,
    async login(who = 'ada') {
      const { username, password } = opened.people[who];
      const answer = await send(loginAsk(username, password));
      assert.equal(answer.status, 200, answer.body);
      return bodyOf(answer).tokenId as string;
    },
    act: (action, tokenId, ask) =>
      send({
        method: 'POST',
        path: `${BASE}/sessions?_action=${action}`,
        ...ask,
        headers: {
          'Accept-API-Version': 'resource=4.0',
          ...(tokenId === undefined ? {} : { [COOKIE]: tokenId }),
          ...ask?.headers,
        },
      }),
  };
}

export function loginAsk(username: string, password: string): Ask {
  return {
    method: 'POST',
    path: `${BASE}/authenticate`,
    headers: {
      'X-OpenAM-Username': username,
      'X-OpenAM-Password': password,
      'Accept-API-Version': 'resource=2.1',
      'Content-Type': 'application/json',
    },
  };
}

export function bodyOf(answer: WireAnswer): Record<string, unknown> {
  return JSON.parse(answer.body);
}

export function assertError(answer: WireAnswer, code: number, message: string): void {
  const { reason, ...rest } = bodyOf(answer);
  assert.deepEqual(rest, { code, message });
  assert.equal(typeof reason, 'string');
  assert.equal(answer.status, code);
  assertNoCookie(answer);
}

/** A request to authenticate, as the vendor's SDKs send it. */
export function post(stage: Stage, query = '', ask: Partial<Ask> = {}): Promise<WireAnswer> {
  const headers = { 'Accept-API-Version': 'protocol=1.0,resource=2.1', ...ask.headers };
  return stage.send({ method: 'POST', path: `${BASE}/authenticate${query}`, ...ask, headers });
}

/** Asks for a journey by name. */
export function service(name: string): string {
  return `?authIndexType=service&authIndexValue=${name}`;
}

/** A journey with one page for the name, and one for the password. */
export const STEPS = {
  pages: [
    { callbacks: ['username'], stage: 'name', header: 'Sign in', description: 'Who are you?' },
    { callbacks: ['password'] },
  ],
};

interface Step {
  readonly authId: string;
  readonly callbacks: { readonly type: string; readonly input: { value: unknown }[] }[];
}

/** A step as the vendor's SDKs hand it back: the whole object, with its inputs filled. */
export function filled(answer: WireAnswer, ...values: readonly unknown[]) {
  assert.equal(answer.status, 200, answer.body);
  const step = JSON.parse(answer.body) as Step;
  assert.equal(step.callbacks.length, values.length);
  for (const [at, { input }] of step.callbacks.entries()) {
    for (const one of input) one.value = values[at];
  }
  return { ...step };
}

export function assertNoCookie(answer: WireAnswer): void {
  assert.equal(answer.headers['Set-Cookie'], undefined);
}
