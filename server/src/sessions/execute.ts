/**
 * Carries out one command: read, decide, commit, and again when somebody else was first.
 *
 * The loser of a concurrent commit is told once the winner's change can be read, so it reads again
 * and answers by the same rules. After a first conflict the contenders of one process for one
 * record take turns, so that they do not keep on losing to each other.
 */

import { type Command, needs, needsLive, type Open, type ReplyOf } from '../engine/command.ts';
import { decide } from '../engine/decide.ts';
import type { Seen } from '../engine/decision.ts';
import type { Event } from '../engine/event.ts';
import { dueNow, sessionEnd } from '../engine/life.ts';
import type { Policy } from '../engine/policy.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Ms, Notice, Session, SessionId } from '../engine/session.ts';
import type { IndexEntry, Row, Store } from '../stores/store.ts';
import type { Clock } from './clock.ts';
import {
  decodeSession,
  decodeSubject,
  sessionKey,
  subjectKey,
  subjectRange,
  writeOf,
} from './records.ts';

/** Other nodes have changed the record each time that we tried: try again later. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/** Turns at one record before giving up. Each lost turn means that another node got on. */
export const TURNS_MAX = 50;

/**
 * Live sessions of one person that a quota looks at, the oldest first. Whoever had more when their
 * realm was given one comes down to it in several sign-ins.
 */
const LIVE_MAX = 256;

export interface Execution {
  readonly store: Store;
  readonly clock: Clock;
  readonly policyOf: (realm: string) => Policy;
  readonly publish: (event: Event) => void;
  /** These are to be told of the end of this session, now. */
  readonly onDue: (id: SessionId, due: readonly Notice[]) => void;
}

/** Looks at the record before the decision; a refusal ends the matter, and nothing is written. */
export type Guard = (session: Session | null) => Refusal | undefined;

export type Execute = <C extends Command>(
  command: C,
  guard?: Guard,
) => Promise<ReplyOf<C> | Refusal>;

/** @throws StoreFault, Contended. */
export function createExecute({ store, clock, policyOf, publish, onDue }: Execution): Execute {
  const lanes = new Map<string, Promise<unknown>>();

  async function turn<C extends Command>(
    command: C,
    guard: Guard | undefined,
  ): Promise<ReplyOf<C> | Refusal | 'conflict'> {
    let known = await read(store, command);
    const refusal = guard?.(known.seen.session);
    if (refusal) return refusal;
    const policy = policyOf(realmOf(command, known.seen));
    if (needsLive(command, policy)) known = await withLive(store, known, command, clock.now());
    const { rows, seen } = known;
    const now = clock.now();
    const decision = decide(command, seen, now, policy);
    if (decision.changes.length > 0) {
      const writes = decision.changes.map((change) => writeOf(change, rows));
      if ((await store.commit(writes)) === 'conflict') return 'conflict';
    }
    for (const event of decision.events) publish(event);
    for (const change of decision.changes) {
      if (change.type !== 'put_session') continue;
      const due = dueNow(change.session, now);
      if (due.length > 0) onDue(change.session.id, due);
    }
    return decision.outcome;
  }

  async function takeTurns<C extends Command>(
    command: C,
    guard: Guard | undefined,
  ): Promise<ReplyOf<C> | Refusal> {
    for (let count = 1; count < TURNS_MAX; count++) {
      const outcome = await turn(command, guard);
      if (outcome !== 'conflict') return outcome;
    }
    throw new Contended(`other nodes keep changing ${laneOf(command)}`);
  }

  /** Where there is a quota, all sign-ins of a person are contenders. */
  const isContender = (command: Command) =>
    command.type === 'open' && needsLive(command, policyOf(command.realm));

  return async (command, guard) => {
    const first = isContender(command) ? 'conflict' : await turn(command, guard);
    if (first !== 'conflict') return first;
    return inLane(lanes, laneOf(command), () => takeTurns(command, guard));
  };
}

/** One after the other under a key. */
async function inLane<T>(
  lanes: Map<string, Promise<unknown>>,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = lanes.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  lanes.set(key, settled);
  try {
    return await mine;
  } finally {
    if (lanes.get(key) === settled) lanes.delete(key);
  }
}

/** What contenders meet at: the person, where a person is concerned, else the record. */
function laneOf(command: Command): string {
  return keysOf(command).at(-1) ?? '';
}

function keysOf(command: Command): string[] {
  const { session, subject } = needs(command);
  const keys = session === null ? [] : [sessionKey(session)];
  if (subject) keys.push(subjectKey(subject.realm, subject.subject));
  return keys;
}

interface Known {
  readonly rows: Map<string, Row>;
  readonly seen: Seen;
}

async function read(store: Store, command: Command): Promise<Known> {
  const { session, subject } = needs(command);
  const found = await store.read(keysOf(command));
  const rows = new Map<string, Row>();
  for (const row of found) if (row) rows.set(row.key, row);
  const sessionRow = session === null ? undefined : rows.get(sessionKey(session));
  const subjectRow = subject && rows.get(subjectKey(subject.realm, subject.subject));
  const seen: Seen = {
    session: sessionRow ? decodeSession(sessionRow) : null,
    subject: subjectRow ? decodeSubject(subjectRow) : null,
    live: [],
  };
  return { rows, seen };
}

/**
 * With the person's sessions, which are looked up once the person's own record was read: a sign-in
 * that they lack will have changed it, and the commit fails.
 */
async function withLive(
  store: Store,
  { rows, seen }: Known,
  who: Pick<Open, 'realm' | 'subject'>,
  now: Ms,
): Promise<Known> {
  const range = { ...subjectRange('live', who.realm, who.subject), limit: LIVE_MAX };
  const live: Session[] = [];
  for (let after: IndexEntry | undefined; live.length < LIVE_MAX; ) {
    const entries = await store.list('subject', { ...range, after });
    for (const row of await store.read(entries.map((entry) => entry.key))) {
      const session = row && decodeSession(row);
      // Those that time has ended stand there until the sweep comes by, and hide nobody behind them.
      if (!session || sessionEnd(session, now)) continue;
      live.push(session);
      rows.set(row.key, row);
    }
    after = entries.at(-1);
    if (entries.length < LIVE_MAX) break;
  }
  return { rows, seen: { ...seen, live } };
}

function realmOf(command: Command, { session }: Seen): string {
  return 'realm' in command ? command.realm : (session?.realm ?? '');
}
