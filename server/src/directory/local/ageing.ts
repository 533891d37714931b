/** Owns how old a password may be. */

import type { Person, Verdict } from '../directory.ts';

export interface PasswordAge {
  /** Null when passwords never end. */
  readonly maxMs: number | null;
  /** How long before its end a person is warned. */
  readonly warnMs: number;
}

/** Of a person whose password was right. */
export function verdictOn(person: Person, { maxMs, warnMs }: PasswordAge, now: number): Verdict {
  const { passwordChangedAt } = person;
  if (maxMs === null || passwordChangedAt === 0) {
    return { verdict: 'right', person, passwordEndsAt: null, isPasswordEnding: false };
  }
  const passwordEndsAt = passwordChangedAt + maxMs;
  if (now >= passwordEndsAt) return { verdict: 'expired', person };
  const isPasswordEnding = now >= passwordEndsAt - warnMs;
  return { verdict: 'right', person, passwordEndsAt, isPasswordEnding };
}
