/** Renewals: the retry rule, seen from outside (I1 to I4 and I15). */

import type { Binding, Ms } from '../../src/engine/session.ts';
import type { Outcomes } from '../asks.ts';
import { type Op, textOf } from '../asks.ts';
import type { Court } from './court.ts';
import { type GrantFacts, noteUse, type SessionFacts } from './facts.ts';

/**
 * Two who renew an unbound grant by themselves are not both served this often. By luck they may be a
 * few times; each time again is about as likely as not.
 */
export const TOGETHER_MAX = 12;

type Served = Exclude<Outcomes['rotate'], { refused: string }>;

/** The asks that are held to the retry rule. */
export type Presenting = Op<'rotate'> | Op<'use_grant'>;

/** Whether the ask can have been carried out: the right application, device, realm and scope. */
export function isDirected({ ask }: Presenting, { realm }: SessionFacts, grant: GrantFacts) {
  const isScoped = 'scope' in ask && ask.scope !== null;
  const isWithin = !isScoped || ask.scope.every((scope) => grant.scope.includes(scope));
  const isTheirs = ask.realm === realm && (ask.client === null || ask.client === grant.client);
  return isTheirs && isWithin && isBound(grant.binding, ask.binding);
}

export function isBound(bound: Binding, presented: Binding): boolean {
  if (bound.kind === 'none' || bound.kind === 'client') return true;
  return bound.kind === presented.kind && bound.value === presented.value;
}

/** A genuine token is presented by somebody who can use it. */
export function presented(op: Presenting, grant: GrantFacts): void {
  const { generation } = op.ask.token;
  const isReused = grant.uses.has(generation) || grant.seen.has(generation);
  if (isReused) grant.reusedFrom = Math.min(grant.reusedFrom, op.from);
  noteUse(op.type === 'rotate' ? grant.uses : grant.seen, generation, op.from);
}

/** A rotating token was good for something else than renewal. */
export function used(
  court: Court,
  { ask, from, commits }: Op<'use_grant'>,
  session: SessionFacts,
  grant: GrantFacts,
): void {
  const { generation } = ask.token;
  const what = `generation ${generation} of grant ${grant.slot} of ${session.id}`;
  checkOwner(court, { ask }, session, grant, what);
  court.expect(commits <= 1, 'I13', () => `the use of ${what} committed ${commits} times`);
  const late = whyLate(court, session, grant, generation, from);
  court.expect(late === null, late?.invariant ?? 'I4', () => `${what} was good ${late?.why}`);
  const use = noteUse(grant.seen, generation, from);
  use.by = Math.min(use.by, court.now);
}

function checkOwner(
  court: Court,
  { ask }: Pick<Presenting, 'ask'>,
  { realm }: SessionFacts,
  { client, binding }: GrantFacts,
  what: string,
): void {
  const isTheirs = (ask.client === null || ask.client === client) && ask.realm === realm;
  court.expect(isTheirs, 'I5', () => `${what} was good for ${ask.client}`);
  court.expect(isBound(binding, ask.binding), 'I15', () => `${what} left its device`);
}

/** @param session What it hangs on, for the policy. */
export function served(
  court: Court,
  op: Op<'rotate'>,
  session: SessionFacts,
  grant: GrantFacts,
  outcome: Served,
): void {
  const { ask, from, commits } = op;
  const { generation } = ask.token;
  const what = `generation ${generation} of grant ${grant.slot} of ${session.id}`;
  checkOwner(court, op, session, grant, what);
  const excess = ask.scope?.some((scope) => !grant.scope.includes(scope)) ?? false;
  court.expect(!excess, 'I15', () => `${what} was renewed for more scope`);

  checkSuccessor(court, op, grant, outcome, what);
  const writes = outcome.retry ? 0 : 1;
  court.expect(
    commits === writes,
    'I13',
    () => `the renewal of ${what} committed ${commits} times`,
  );
  const late = whyLate(court, session, grant, generation, from);
  court.expect(late === null, late?.invariant ?? 'I4', () => `${what} was served ${late?.why}`);

  const use = noteUse(grant.uses, generation, from);
  use.by = Math.min(use.by, court.now);
  const holders = grant.holders.get(generation) ?? new Set();
  grant.holders.set(generation, holders);
  if (!holders.has(ask.holder) && holders.add(ask.holder).size === 2) grant.together += 1;
  const isShared = grant.binding.kind === 'none' && grant.together > TOGETHER_MAX;
  court.expect(!isShared, 'I3', () => `${what} has two holders, and nobody notices`);
}

function checkSuccessor(
  court: Court,
  { ask }: Op<'rotate'>,
  grant: GrantFacts,
  { token }: Served,
  what: string,
): void {
  const presentedText = textOf(ask.token);
  const text = textOf(token);
  const known = grant.successors.get(presentedText);
  court.expect(known === undefined || known === text, 'I1', () => `${what} has two successors`);
  grant.successors.set(presentedText, text);
  const isNext =
    token.id === ask.token.id &&
    token.slot === ask.token.slot &&
    token.kind === ask.token.kind &&
    token.generation === ask.token.generation + 1;
  court.expect(isNext, 'I1', () => `${what} is followed by generation ${token.generation}`);
}

/** Why this ask had to be refused; null when it could be served. */
function whyLate(
  court: Court,
  session: SessionFacts,
  grant: GrantFacts,
  generation: number,
  from: Ms,
): { invariant: 'I3' | 'I4'; why: string } | null {
  const skew = 2 * court.half;
  const cap = capOf(court, session, grant);
  const first = grant.uses.get(generation);
  const later = [...grant.uses].some(([other, use]) => other > generation && use.by < from);
  if (later) return { invariant: 'I3', why: 'after its successor was renewed' };
  if (!first) return null;
  if (first.by + cap + skew <= from) {
    return { invariant: 'I4', why: `${from - first.by} ms after its first use` };
  }
  const seen = grant.seen.get(generation + 1);
  // Seen when the window had closed by some clock, it may not have been written down.
  const { retryOverlapMs } = court.policyOf(session.realm);
  const isOver = from > first.by + retryOverlapMs + skew;
  const counts = isOver && seen && seen.by < from && seen.by < first.from + cap - skew;
  return counts ? { invariant: 'I4', why: 'after its successor was seen in use' } : null;
}

/** A token was taken for replayed: it must have been outside the rule, as of now at the latest. */
export function replayed(
  court: Court,
  { ask }: Presenting,
  session: SessionFacts,
  grant: GrantFacts,
): void {
  const { generation } = ask.token;
  const cap = capOf(court, session, grant);
  const first = grant.uses.get(generation);
  const isOld = [...grant.uses.keys()].some((other) => other > generation);
  const { retryOverlapMs } = court.policyOf(session.realm);
  const isOver = first !== undefined && court.now >= first.from + retryOverlapMs - 2 * court.half;
  const isSeen = isOver && grant.seen.has(generation + 1);
  const isLate = first !== undefined && court.now >= first.from + cap - 2 * court.half;
  court.expect(
    isOld || isSeen || isLate,
    'I2',
    () =>
      `generation ${generation} of grant ${grant.slot} of ${session.id} was refused ` +
      `${court.now - (first?.from ?? 0)} ms after its first use`,
  );
}

function capOf(court: Court, { realm }: SessionFacts, { binding }: GrantFacts): Ms {
  const { retryCapUnboundMs, retryCapBoundMs } = court.policyOf(realm);
  return binding.kind === 'none' ? retryCapUnboundMs : retryCapBoundMs;
}
