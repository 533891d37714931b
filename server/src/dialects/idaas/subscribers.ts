/**
 * Subscribers: whose mobile number that is.
 */

import { createHmac } from 'node:crypto';
import type { Person } from '../../directory/directory.ts';
import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';

/** How many strangers are told apart. */
const STRANGERS = 4096;

export interface Subscriber {
  /** Whose codes and guesses are counted together. */
  readonly owner: string;
  /** Undefined for nobody's number, and for whoever is not active. */
  readonly person: Person | undefined;
}

export interface Subscribers {
  of(mobile: string): Promise<Subscriber>;
}

export function createSubscribers(
  { directory, keyring }: Services,
  { realm }: Config,
): Subscribers {
  const key = keyring.derive('idaas/strangers');
  // Strangers share what is counted, so that inventing numbers fills neither store nor memory.
  const stranger = (digits: string) =>
    createHmac('sha256', key).update(digits).digest().readUInt16BE(0) % STRANGERS;

  return {
    async of(mobile) {
      const digits = digitsOf(mobile);
      const known = digits ? await directory.resolve(realm, mobile.trim()) : undefined;
      // What looks like a number may be somebody's user name: it has to be their number.
      if (known?.active && digitsOf(known.mobile ?? '') === digits) {
        return { owner: `person:${known.subject}`, person: known };
      }
      return { owner: `nobody:${stranger(digits ?? mobile)}`, person: undefined };
    },
  };
}

/** Undefined for what is no number. */
function digitsOf(mobile: string): string | undefined {
  return /^\s*\+?[0-9 ().-]{3,40}$/.test(mobile) ? mobile.replace(/\D/g, '') : undefined;
}
