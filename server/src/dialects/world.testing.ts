/**
 * A small world for the tests of dialects: real sessions, keyring and directory over the memory
 * store, with a clock that tests move and randomness that repeats.
 */

import { strict as assert } from 'node:assert';
import { hash } from 'node:crypto';
import { createAttempts, type Lockout } from '../directory/attempts.ts';
import type { Person } from '../directory/directory.ts';
import { guard } from '../directory/guarded.ts';
import type { PasswordAge } from '../directory/local/ageing.ts';
import { argon2id } from '../directory/local/hashing.ts';
import { openLocalDirectory } from '../directory/local/index.ts';
import type { Event } from '../engine/event.ts';
import type { Policy } from '../engine/policy.ts';
import type { Ms } from '../engine/session.ts';
import { openKeyring } from '../keys/sealed-keyring.ts';
import type { Clock } from '../sessions/clock.ts';
import { createSessions } from '../sessions/create-sessions.ts';
import { createOnce } from '../sessions/once.ts';
import { createPending } from '../sessions/pending.ts';
import type { Random } from '../sessions/random.ts';
import { DAY, MINUTE, POLICY } from '../sessions/sessions.testing.ts';
import type { Realm } from '../sessions/sessions.ts';
import { openMemoryStore } from '../stores/memory/index.ts';
import type { Store } from '../stores/store.ts';
import { isObject, multiMap } from './answers.ts';
import type {
  CodeNotice,
  Dialect,
  Outbound,
  Route,
  Services,
  WireAnswer,
  WireRequest,
} from './dialect.ts';
import { openPeers } from './peers.ts';

export const ORIGIN = 'http://127.0.0.1:8080';

/** 2026-03-01T12:00:00Z. */
const START = Date.UTC(2026, 2, 1, 12);

/** Real argon2id, with as little work as it can do. */
const CHEAP = argon2id({ memory: 8192, passes: 1, lanes: 1 });

/** As a realm that says nothing has it. */
const LOCKOUT: Lockout = {
  failures: 50,
  failuresAnywhere: 100,
  withinMs: 15 * MINUTE,
  forMs: 15 * MINUTE,
};

export interface Posted {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface WorldOptions {
  /** Of realm alpha, and of every other one. */
  readonly idleMs?: Ms;
  readonly lifeMs?: Ms;
  readonly policy?: Partial<Policy>;
  readonly lockout?: Partial<Lockout>;
  readonly passwordAge?: Partial<PasswordAge>;
  /** Realms beside alpha; they have no people. */
  readonly realms?: readonly string[];
  /** Another seed gives other tokens and ids. */
  readonly seed?: string;
  /** Instead of a new memory store, such as one that fails. */
  readonly store?: Store;
  /** How other servers answer what is posted to them: the status, or it throws. 204 unless told. */
  readonly receives?: (url: string) => number;
}

export interface MovableClock extends Clock {
  advance(ms: number): void;
}

export interface World {
  readonly services: Services;
  /** Adds a dialect, whose session tokens `services.readSessionToken` then reads. */
  readonly join: (dialect: Dialect) => Dialect;
  readonly clock: MovableClock;
  readonly store: Store;
  /** Everything that was published, in order. */
  readonly events: Event[];
  /** What was posted to other servers. */
  readonly posted: readonly Posted[];
  /** Verification codes that were shown. */
  readonly codes: CodeNotice[];
  /** The demo people of realm alpha, with their passwords. */
  readonly people: Readonly<Record<keyof typeof PEOPLE, Person & { readonly password: string }>>;
}

/** The demo people; `grace` is an agent, `root` an administrator. */
const PEOPLE = {
  ada: {
    realm: 'alpha',
    username: 'ada',
    password: 'let-there-be-light-1',
    email: 'ada@example.com',
    names: { en: 'Ada Lamp', ar: 'آدا لامب' },
    role: 'user',
  },
  grace: {
    realm: 'alpha',
    username: 'grace',
    password: 'keep-the-lamp-lit-2',
    email: 'grace@example.com',
    role: 'agent',
  },
  root: {
    realm: 'alpha',
    username: 'root',
    password: 'light-the-lamps-3',
    email: 'root@example.com',
    role: 'administrator',
  },
} as const;

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const clock = movableClock(START);
  const random = seededRandom(options.seed ?? 'world');
  const store = options.store ?? openMemoryStore();
  const lifeMs = options.lifeMs ?? 120 * MINUTE;
  const policy = { ...POLICY, ...options.policy };
  const keyring = await openKeyring({
    store,
    rootSecret: random.bytes(32),
    now: clock.now,
    random: random.bytes,
    signingAlgorithm: 'ES256',
    tokenLifeMs: 90 * DAY,
  });
  const realm = (name: string): [string, Realm] => [
    name,
    { name, idleMs: options.idleMs ?? 30 * MINUTE, lifeMs, policy },
  ];
  const realms = new Map(['alpha', ...(options.realms ?? [])].map(realm));
  const events: Event[] = [];
  const publish = (event: Event) => void events.push(event);
  const parts = { store, keyring, clock, random, realms, fallback: policy, publish };
  const lockout = { ...LOCKOUT, ...options.lockout };
  const passwordAge = { maxMs: null, warnMs: 7 * DAY, ...options.passwordAge };
  const attempts = createAttempts({ now: clock.now, lockout: () => lockout });
  const local = openLocalDirectory({
    store,
    hashing: CHEAP,
    hashesAtOnce: 3,
    now: clock.now,
    passwordAge: () => passwordAge,
  });
  const directory = guard(local, attempts);
  const { join, ...peers } = openPeers();
  const sessions = createSessions({ ...parts, tell: peers.tell });
  const once = createOnce(store);
  const pending = createPending({ store, clock });
  const posted: Posted[] = [];
  const codes: CodeNotice[] = [];
  const showCode = (notice: CodeNotice) => void codes.push(notice);
  const outbound: Outbound = {
    async postForm(url, form) {
      posted.push({ url, form });
      return options.receives?.(url) ?? 204;
    },
  };
  const services = {
    sessions,
    directory,
    attempts,
    keyring,
    clock,
    random,
    once,
    pending,
    outbound,
    showCode,
    ...peers,
  };
  const people = {
    ada: { ...(await directory.add(PEOPLE.ada)), password: PEOPLE.ada.password },
    grace: { ...(await directory.add(PEOPLE.grace)), password: PEOPLE.grace.password },
    root: { ...(await directory.add(PEOPLE.root)), password: PEOPLE.root.password },
  };
  return { services, join, clock, store, events, posted, codes, people };
}

export function movableClock(start: Ms): MovableClock {
  let time = start;
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    advance: (ms) => {
      time += ms;
    },
  };
}

/** The same seed gives the same bytes, in the same order. */
export function seededRandom(seed: string): Random {
  let count = 0;
  const block = () => hash('sha512', `${seed}/${count++}`, 'buffer');
  return {
    bytes(length) {
      const blocks: Buffer[] = [];
      for (let have = 0; have < length; have += 64) blocks.push(block());
      return Buffer.concat(blocks).subarray(0, length);
    },
  };
}

/** What a test says of a request; the rest is as a plain client would have it. */
export interface Ask {
  /** GET unless told, POST when there is a body. */
  readonly method?: string;
  /** May carry a query of its own. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Names in any letter case; an undefined one is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** An object is sent as JSON, a `URLSearchParams` as a form; each with its content type. */
  readonly body?: string | Buffer | URLSearchParams | Readonly<Record<string, unknown>>;
  readonly origin?: string;
  readonly address?: string;
}

/**
 * Drives a dialect as the host would: finds the route, decodes its parameters, and has the dialect
 * reject what no route takes. With bare routes, a path that none takes fails the test.
 */
export async function request(
  target: readonly Route[] | Pick<Dialect, 'routes' | 'reject'>,
  ask: Ask,
): Promise<WireAnswer> {
  const dialect = 'routes' in target ? target : { routes: target, reject: rejectNothing };
  const wire = wireRequest(ask);
  const paths = dialect.routes.flatMap((route) => {
    const params = matchPath(route.path, wire.path);
    return params ? [{ route, params }] : [];
  });
  if (paths.length === 0) return dialect.reject('no_such_path', wire);
  const [found] = paths
    .filter(({ route }) => route.method === wire.method)
    .toSorted((a, b) => (a.route.path < b.route.path ? 1 : -1));
  if (!found) return dialect.reject('method_not_allowed', wire);
  return found.route.handle({ ...wire, params: found.params });
}

/** The request as the host would hand it to `reject`, before any route was found. */
export function wireRequest(ask: Ask): WireRequest {
  const url = new URL(ask.path, ORIGIN);
  for (const [name, values] of Object.entries(ask.query ?? {})) {
    for (const value of [values].flat()) url.searchParams.append(name, value);
  }
  const { body, contentType } = bodyOf(ask.body);
  const headers: Record<string, string> = contentType ? { 'content-type': contentType } : {};
  for (const [name, value] of Object.entries(ask.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return {
    method: ask.method ?? (ask.body === undefined ? 'GET' : 'POST'),
    path: url.pathname,
    params: {},
    query: multiMap(url.searchParams),
    headers,
    body,
    origin: ask.origin ?? ORIGIN,
    address: ask.address ?? '127.0.0.1',
    requestId: 'request-1',
  };
}

function bodyOf(body: Ask['body']): { body: Buffer; contentType?: string } {
  if (body instanceof URLSearchParams) {
    const contentType = 'application/x-www-form-urlencoded';
    return { body: Buffer.from(body.toString()), contentType };
  }
  if (isObject(body) && !Buffer.isBuffer(body)) {
    return { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
  }
  return { body: Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? '')) };
}

/** The parameters of a path that a pattern takes; a trailing slash is no matter. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const want = pattern.split('/');
  const have = path.replace(/\/$/, '').split('/');
  if (want.length !== have.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of want.entries()) {
    const value = have[at] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

function rejectNothing(rejection: string, { method, path }: WireRequest): never {
  assert.fail(`${rejection}: ${method} ${path}`);
}
