/**
 * Verification codes: six digits by text message. Derived, and kept nowhere.
 *
 * A code is a MAC of the person, the application and the device that asked, the time, and its place
 * among the codes of the day. The places are few: that bounds what a stranger can have sent to
 * somebody, and how many codes are good at any time.
 */

import { createHmac } from 'node:crypto';
import type { Services } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import type { Config } from './config.ts';
import type { Device } from './decode.ts';

const DAY_MS = 86_400_000;
const DIGITS = 6;

export interface Codes {
  /**
   * The next code, to be sent now; undefined when the day has no place left.
   * @param owner Whom it is for, in a form that no two share.
   */
  next(owner: string, device: Device): Promise<string | undefined>;
  /** Uses a code that was sent to the owner, for this device, within its life: once. */
  use(owner: string, device: Device, code: string): Promise<boolean>;
}

interface Place {
  readonly owner: string;
  readonly device: Device;
  /** Which stretch of `code_life` since 1970 it is sent in. */
  readonly window: number;
  /** Which code of the day it is. */
  readonly number: number;
}

export function createCodes(
  { keyring, clock, once }: Pick<Services, 'keyring' | 'clock' | 'once'>,
  { realm, code_life, codes_per_day }: Config,
): Codes {
  const key = keyring.derive('idaas/code');
  const windowAt = (ms: number) => Math.floor(ms / code_life);
  const nameOf = ({ owner, device, window, number }: Place) =>
    JSON.stringify([realm, owner, device.client, device.binding.value, window, number]);

  const codeAt = (place: Place): string => {
    const mac = createHmac('sha256', key).update(nameOf(place)).digest();
    return String(mac.readUIntBE(0, 6) % 10 ** DIGITS).padStart(DIGITS, '0');
  };

  // A code can be used until the stretch after its own is over.
  const isFirst = (what: 'sent' | 'used', place: Place) =>
    once.use(`idaas/code-${what}`, nameOf(place), (place.window + 2) * code_life);

  return {
    async next(owner, device) {
      const now = clock.now();
      const day = Math.floor(now / DAY_MS);
      for (let number = 0; number < codes_per_day; number++) {
        const value = JSON.stringify([realm, owner, day, number]);
        if (!(await once.use('idaas/code-of-day', value, (day + 1) * DAY_MS))) continue;
        const place = { owner, device, window: windowAt(now), number };
        await isFirst('sent', place);
        return codeAt(place);
      }
      return undefined;
    },

    async use(owner, device, code) {
      const last = windowAt(clock.now());
      for (const window of [last, last - 1]) {
        for (let number = 0; number < codes_per_day; number++) {
          const place = { owner, device, window, number };
          if (!sameSecret(code, codeAt(place))) continue;
          // Whoever knows a code that was never sent has guessed: it is used up, and no good.
          const wasSent = !(await isFirst('sent', place));
          if ((await isFirst('used', place)) && wasSent) return true;
        }
      }
      return false;
    },
  };
}
