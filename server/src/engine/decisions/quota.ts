/**
 * Quota: how many sessions a person may have at once, and which end for one more.
 */

import { sessionEnd, sessionLapsesAt } from '../life.ts';
import type { Policy, Quota } from '../policy.ts';
import { endedWhole } from '../record.ts';
import type { Refusal } from '../refusal.ts';
import type { Ms, Session } from '../session.ts';

export const MADE_ROOM = { reason: 'made_room', by: 'policy' } as const;

/** The sessions of a person that end for a new one, as they then are. */
export function makeWay(
  live: readonly Session[],
  now: Ms,
  policy: Policy,
): readonly Session[] | Refusal {
  const { quota } = policy;
  if (!quota) return [];
  const alive = live.filter((session) => !sessionEnd(session, now));
  // More than one too many, when the quota was lowered since.
  const tooMany = alive.length + 1 - quota.sessions;
  if (tooMany <= 0) return [];
  if (quota.whenReached === 'deny') return { refused: 'quota_reached' };
  return victimsOf(alive, tooMany, quota.whenReached).map((session) =>
    endedWhole(session, { ...MADE_ROOM, at: now }, now, policy),
  );
}

function victimsOf(
  alive: readonly Session[],
  tooMany: number,
  rule: Exclude<Quota['whenReached'], 'deny'>,
): readonly Session[] {
  switch (rule) {
    case 'end_all':
      return alive;
    case 'end_oldest':
      return alive.toSorted((a, b) => a.createdAt - b.createdAt).slice(0, tooMany);
    case 'end_next_expiring':
      return alive.toSorted((a, b) => sessionLapsesAt(a) - sessionLapsesAt(b)).slice(0, tooMany);
  }
}
