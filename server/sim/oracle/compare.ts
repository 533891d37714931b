/** Compare: what one commit has changed in a session's record, and what no commit may change. */

import type { End } from '../../src/engine/end.ts';
import type { Child, Grant, Session, Slot } from '../../src/engine/session.ts';
import type { AskType } from '../asks.ts';
import type { Court } from './court.ts';
import { isTimeReason } from './facts.ts';
import { grantLapse, sessionLapse } from './lapse.ts';

/** A part of a record that commits change. */
export type Aspect =
  | 'access'
  | 'due'
  | 'slot'
  | 'end'
  | 'history'
  | 'tickets'
  | 'advance'
  | 'seen'
  | 'grant new'
  | 'grant gone'
  | 'grant end'
  | 'child new'
  | 'child gone'
  | 'child end'
  | 'notice new'
  | 'notice due'
  | 'notice tried';

/** Who changes a record: something that was asked, or a node that tells a client. */
export type Cause = AskType | 'telling';

const FIXED = [
  'id',
  'realm',
  'subject',
  'epoch',
  'origin',
  'createdAt',
  'authenticatedAt',
  'idleMs',
  'salt',
  'keyId',
] as const satisfies readonly (keyof Session)[];

const GRANT_FIXED = [
  'client',
  'offline',
  'isSignIn',
  'createdAt',
  'idleMs',
] as const satisfies readonly (keyof Grant)[];

export function compareSessions(
  court: Court,
  cause: Cause,
  before: Session,
  after: Session,
): Set<Aspect> {
  const { id } = after;
  for (const name of FIXED) {
    court.expect(before[name] === after[name], 'bug', () => `${name} of ${id} changed`);
  }
  court.expect(after.endsAt <= before.endsAt, 'I6', () => `${id} was given more time`);
  const moved = after.lastAccessAt - before.lastAccessAt;
  court.expect(moved >= 0, 'I8', () => `last access of ${id} went ${-moved} ms backward`);
  court.expect(
    after.lastAccessAt <= Math.max(before.lastAccessAt, court.now + court.half),
    'I8',
    () => `last access of ${id} is in the future`,
  );
  const taken = after.nextSlot - before.nextSlot;
  court.expect(taken === 0 || taken === 1, 'I16', () => `${id} took ${taken} slots`);

  const aspects = new Set<Aspect>();
  if (moved !== 0) aspects.add('access');
  if (taken !== 0) aspects.add('slot');
  if (after.dueAt !== before.dueAt) aspects.add('due');
  if (!isSame(before.history, after.history)) aspects.add('history');
  if (!isSame(before.tickets, after.tickets)) aspects.add('tickets');
  if (checkEnd(court, id, before.end, after.end)) aspects.add('end');
  const isAsked = cause === 'end_session' || cause === 'end_subject';
  if (isAsked || aspects.has('end')) checkWhole(court, after, isAsked);
  compareGrants(court, before, after, aspects);
  compareChildren(court, before, after, aspects);
  return aspects;
}

/** A first end is news; an end that is there stays as it is. */
function checkEnd(court: Court, what: string, before: End | null, after: End | null): boolean {
  if (before) {
    const same =
      after?.at === before.at && after.reason === before.reason && after.by === before.by;
    court.expect(
      same,
      'I5',
      () => `the end of ${what} changed: ${toText(before)}, ${toText(after)}`,
    );
    return false;
  }
  if (!after) return false;
  court.expect(after.at <= court.now + court.half, 'I11', () => `${what} ends in the future`);
  return true;
}

/** All that hangs on a session ends with it, in the same commit. */
function checkWhole(court: Court, session: Session, isAsked: boolean): void {
  const { id, end, grants, children, tickets } = session;
  // Time alone leaves the grants alone that may outlive the sign-in.
  const isLapse = !isAsked && end !== null && isTimeReason(end.reason);
  const spares = (grant: Grant) => grant.offline && isLapse;
  const grant = grants.find((each) => !each.end && !spares(each));
  court.expect(!grant, 'I9', () => `grant ${grant?.slot} outlives ${id}: ${toText(end)}`);
  const child = children.find((each) => !each.end);
  court.expect(!child, 'I9', () => `child ${child?.slot} outlives ${id}`);
  court.expect(tickets.length === 0, 'I9', () => `a ticket outlives ${id}`);
}

function compareGrants(court: Court, before: Session, after: Session, aspects: Set<Aspect>): void {
  const what = (slot: Slot) => `grant ${slot} of ${after.id}`;
  for (const old of before.grants) {
    const grant = after.grants.find(({ slot }) => slot === old.slot);
    if (!grant) {
      aspects.add('grant gone');
      const { grants } = court.policyOf(after.realm).limits;
      const isUnused = old.generation === 1 && !old.offline;
      const mayGo = before.grants.length === grants && (isOver(court, before, old) || isUnused);
      court.expect(mayGo, 'I5', () => `${what(old.slot)} was dropped alive`);
      continue;
    }
    if (checkEnd(court, what(old.slot), old.end, grant.end)) aspects.add('grant end');
    for (const name of GRANT_FIXED) {
      court.expect(old[name] === grant[name], 'bug', () => `${name} of ${what(old.slot)} changed`);
    }
    const isKept = isSame(old.binding, grant.binding) && isSame(old.scope, grant.scope);
    court.expect(isKept, 'I15', () => `${what(old.slot)} is bound otherwise`);
    court.expect(grant.endsAt <= old.endsAt, 'I6', () => `${what(old.slot)} was given more time`);
    compareGeneration(court, what(old.slot), old, grant, aspects);
  }
  for (const grant of after.grants) {
    if (before.grants.some(({ slot }) => slot === grant.slot)) continue;
    aspects.add('grant new');
    court.expect(grant.slot >= before.nextSlot, 'I16', () => `slot ${grant.slot} was used again`);
  }
}

function compareGeneration(
  court: Court,
  what: string,
  before: Grant,
  after: Grant,
  aspects: Set<Aspect>,
): void {
  const steps = after.generation - before.generation;
  court.expect(steps === 0 || steps === 1, 'I1', () => `${what} moved ${steps} generations`);
  if (steps === 1) {
    aspects.add('advance');
    court.expect(!before.end && !after.end, 'I5', () => `${what} was renewed after its end`);
    court.expect(!after.seen, 'I2', () => `${what} is new and was seen already`);
    const isForward = after.rotatedAt >= before.rotatedAt;
    court.expect(isForward, 'I4', () => `the window of ${what} begins before the last`);
    return;
  }
  const isStill = after.rotatedAt === before.rotatedAt;
  court.expect(isStill, 'I4', () => `the window of ${what} slid`);
  court.expect(after.keyId === before.keyId, 'I1', () => `${what} has another key, and token`);
  court.expect(after.seen || !before.seen, 'I4', () => `${what} was seen, and is not any more`);
  if (after.seen !== before.seen) aspects.add('seen');
}

function compareChildren(
  court: Court,
  before: Session,
  after: Session,
  aspects: Set<Aspect>,
): void {
  const what = (slot: Slot) => `child ${slot} of ${after.id}`;
  for (const old of before.children) {
    const child: Child | undefined = after.children.find(({ slot }) => slot === old.slot);
    if (!child) {
      aspects.add('child gone');
      const { children } = court.policyOf(after.realm).limits;
      const mayGo = before.children.length === children && old.end !== null;
      court.expect(mayGo, 'I5', () => `${what(old.slot)} was dropped alive`);
      continue;
    }
    if (checkEnd(court, what(old.slot), old.end, child.end)) aspects.add('child end');
  }
  for (const child of after.children) {
    if (before.children.some(({ slot }) => slot === child.slot)) continue;
    aspects.add('child new');
    court.expect(child.slot >= before.nextSlot, 'I16', () => `slot ${child.slot} was used again`);
  }
}

/** What must hold of any record. */
export function checkParts(court: Court, session: Session): void {
  const { id, grants, children, tickets, notices, history } = session;
  const { limits } = court.policyOf(session.realm);
  const isWithin =
    grants.length <= limits.grants &&
    children.length <= limits.children &&
    tickets.length <= limits.tickets &&
    notices.length <= limits.grants &&
    history.length <= limits.history;
  court.expect(isWithin, 'I16', () => `${id} is over a limit`);
  const slots = [...grants, ...children, ...tickets].map(({ slot }) => slot);
  const isOnce = new Set(slots).size === slots.length && !slots.some((s) => s >= session.nextSlot);
  court.expect(isOnce, 'I16', () => `${id} has a slot twice`);
}

function isOver(court: Court, session: Session, grant: Grant): boolean {
  if (grant.end) return true;
  const whole = grant.offline ? Number.POSITIVE_INFINITY : sessionLapse(session);
  return Math.min(whole, grantLapse(grant)) <= court.now + court.half;
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function toText(end: End | null): string {
  return end ? `${end.reason} at ${end.at}` : 'none';
}
