/**
 * Carries out one command: read, decide, commit, and again when somebody else was first.
 *
 * The loser of a concurrent commit is told once the winner's change can be read, so it reads again
 * and answers by the same rules. After a first conflict the contenders of one process for one
 * record take turns, so that they do not keep on losing to each other.
 */

import { type Command, needs, type ReplyOf } from '../engine/command.ts';
import { decide } from '../engine/decide.ts';
import type { Seen } from '../engine/decision.ts';
import type { Event } from '../engine/event.ts';
import type { Policy } from '../engine/policy.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Session } from '../engine/session.ts';
import type { Row, Store } from '../stores/store.ts';
import type { Clock } from './clock.ts';
import { decodeSession, decodeSubject, sessionKey, subjectKey, writeOf } from './records.ts';

/** Other nodes have changed the record each time that we tried: try again later. */
export class Contended extends Error {
  override readonly name = 'Contended';
}

/** Turns at one record before giving up. Each lost turn means that another node got on. */
export const TURNS_MAX = 50;

export interface Execution {
  readonly store: Store;
  readonly clock: Clock;
  readonly policyOf: (realm: string) => Policy;
  readonly publish: (event: Event) => void;
}

/** Looks at the record before the decision; a refusal ends the matter, and nothing is written. */
export type Guard = (session: Session | null) => Refusal | undefined;

export type Execute = <C extends Command>(
  command: C,
  guard?: Guard,
) => Promise<ReplyOf<C> | Refusal>;

/** @throws StoreFault, Contended. */
export function createExecute({ store, clock, policyOf, publish }: Execution): Execute {
  const lanes = new Map<string, Promise<unknown>>();

  async function turn<C extends Command>(
    command: C,
    guard: Guard | undefined,
  ): Promise<ReplyOf<C> | Refusal | 'conflict'> {
    const { rows, seen } = await read(store, command);
    const refusal = guard?.(seen.session);
    if (refusal) return refusal;
    const realm = 'realm' in command ? command.realm : (seen.session?.realm ?? '');
    const decision = decide(command, seen, clock.now(), policyOf(realm));
    if (decision.changes.length > 0) {
      const writes = decision.changes.map((change) => writeOf(change, rows));
      if ((await store.commit(writes)) === 'conflict') return 'conflict';
    }
    for (const event of decision.events) publish(event);
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

  return async (command, guard) => {
    const first = await turn(command, guard);
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

async function read(
  store: Store,
  command: Command,
): Promise<{ rows: ReadonlyMap<string, Row>; seen: Seen }> {
  const { session, subject } = needs(command);
  const found = await store.read(keysOf(command));
  const rows = new Map<string, Row>();
  for (const row of found) if (row) rows.set(row.key, row);
  const sessionRow = session === null ? undefined : rows.get(sessionKey(session));
  const subjectRow = subject && rows.get(subjectKey(subject.realm, subject.subject));
  const seen: Seen = {
    session: sessionRow ? decodeSession(sessionRow) : null,
    subject: subjectRow ? decodeSubject(subjectRow) : null,
  };
  return { rows, seen };
}
