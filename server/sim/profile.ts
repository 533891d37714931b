/**
 * The profile of a world: its settings, its faults and its habits, drawn from the dice.
 *
 * Every seed has another mixture (some of it switched off altogether), which finds more than one
 * average world that has a little of everything.
 */

import type { Policy, Quota } from '../src/engine/policy.ts';
import type { Ms } from '../src/engine/session.ts';
import type { Realm } from '../src/sessions/sessions.ts';
import type { Dice } from './dice.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export interface Profile {
  readonly nodes: number;
  /** Two nodes' clocks are never further apart than this. */
  readonly skewMs: Ms;
  readonly realms: readonly Realm[];
  readonly people: number;
  readonly devices: number;
  /** How long an access token lasts: an app renews when it next does something after that. */
  readonly accessMs: Ms;
  readonly thinkMs: Ms;

  readonly travelMs: Ms;
  readonly storeMs: Ms;
  readonly requestLost: number;
  readonly answerLost: number;
  readonly delayed: number;
  readonly readFault: number;
  readonly commitFault: number;
  readonly lostAck: number;
  /** Means between two events of a kind; null for never. */
  readonly crashMs: Ms | null;
  readonly clockStepMs: Ms | null;
  readonly sweepMs: Ms;
  readonly keyMs: Ms | null;
  readonly adminMs: Ms | null;
  readonly everywhereMs: Ms | null;
  readonly forgeryMs: Ms | null;
  readonly theftMs: Ms | null;
  readonly crowdMs: Ms | null;

  /** Tabs of a browser app at most. */
  readonly tabs: number;
  /** Chance that a tab stores an answer only in place of the token that it presented. */
  readonly careful: number;
  /** Chance that a renewed access token is shown to a resource server that reports it. */
  readonly evidence: number;
  /** Chance that a grant is offline. */
  readonly offline: number;
  /** Chance that a grant's client is to be told of the end of its sign-in. */
  readonly told: number;
  /** Chance that a client that is told does not take it, and how long any of them takes. */
  readonly tellFault: number;
  readonly tellMs: Ms;
}

export function drawProfile(dice: Dice): Profile {
  const skewMs = dice.pick([0, 2 * SECOND, 30 * SECOND]);
  const capMs = Math.max(2 * skewMs, dice.pick([20 * SECOND, 60 * SECOND]));
  const idleMs = dice.pick([4, 10, 30]) * MINUTE;
  const lifeMs = idleMs * dice.pick([2, 5, 12]);
  const maybe = (chance: number, value: Ms) => (dice.chance(chance) ? value : null);
  const rate = (chance: number, most: number) => (dice.chance(chance) ? dice.real() * most : 0);
  const policy = drawPolicy(dice, capMs);
  return {
    nodes: dice.between(1, 4),
    skewMs,
    realms: [
      { name: 'alpha', idleMs, lifeMs, policy: { ...policy, quota: drawQuota(dice) } },
      {
        ...{ name: 'beta', idleMs, lifeMs },
        policy: { ...policy, quota: drawQuota(dice), replayEndsSession: true },
      },
    ],
    people: dice.between(2, 5),
    devices: dice.between(1, 3),
    accessMs: capMs * dice.between(2, 4),
    thinkMs: dice.pick([10, 40, 120]) * SECOND,

    travelMs: dice.pick([5, 60]),
    storeMs: dice.pick([2, 20, 200]),
    requestLost: rate(0.5, 0.15),
    answerLost: rate(0.6, 0.25),
    delayed: rate(0.3, 0.05),
    readFault: rate(0.4, 0.05),
    commitFault: rate(0.4, 0.1),
    lostAck: rate(0.5, 0.15),
    crashMs: maybe(0.5, dice.between(1, 15) * MINUTE),
    clockStepMs: maybe(0.5, 5 * MINUTE),
    sweepMs: dice.pick([10, 60, 300]) * SECOND,
    keyMs: maybe(0.6, dice.pick([1, 10]) * MINUTE),
    adminMs: maybe(0.6, 5 * MINUTE),
    everywhereMs: maybe(0.6, dice.pick([2, 10]) * MINUTE),
    forgeryMs: maybe(0.7, 40 * SECOND),
    theftMs: maybe(0.6, 10 * MINUTE),
    crowdMs: maybe(0.1, 30 * MINUTE),

    tabs: dice.between(1, 5),
    careful: dice.pick([0, 0.5, 1]),
    evidence: dice.pick([0, 0.3, 1]),
    offline: dice.pick([0, 0.3]),
    told: dice.pick([0, 0.3, 1]),
    tellFault: dice.pick([0, 0.2, 0.9]),
    tellMs: dice.pick([20, 2000]),
  };
}

/** More devices than sessions, and crowds at the door. */
function drawQuota(dice: Dice): Quota | null {
  if (dice.chance(0.6)) return null;
  const whenReached = dice.pick<Quota['whenReached']>([
    'deny',
    'end_oldest',
    'end_oldest',
    'end_next_expiring',
    'end_all',
  ]);
  return { sessions: dice.between(1, 3), whenReached };
}

/** Limits are low, so that they are met. */
function drawPolicy(dice: Dice, capMs: Ms): Policy {
  return {
    touchThrottleMs: dice.pick([5 * SECOND, MINUTE]),
    retryCapUnboundMs: capMs,
    retryOverlapMs: dice.pick([0, 5, 10]) * SECOND,
    retryCapBoundMs: dice.pick([5, 60]) * MINUTE,
    replayEndsSession: false,
    rememberMs: dice.pick([1, 10, 60]) * MINUTE,
    quota: null,
    notices: {
      attempts: dice.between(2, 5),
      firstMs: dice.pick([1, 10]) * SECOND,
      longestMs: MINUTE,
    },
    limits: {
      grants: dice.between(2, 5),
      children: dice.between(1, 4),
      tickets: dice.between(1, 4),
      history: dice.between(2, 6),
      properties: 4,
      propertyLength: 60,
      named: dice.between(1, 3),
      record: dice.pick([3_000, 65_536]),
    },
  };
}
