/**
 * Tickets: one application learns once whose session it is. Derived, and kept nowhere until one is
 * used: however many an application asks for, they take no room in the session.
 *
 * The MAC covers the record's salt, the application, the device and the whole expiry, of which the
 * ticket carries the last bits alone.
 */

import { timingSafeEqual } from 'node:crypto';
import type { Session } from '../../engine/session.ts';
import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';
import type { Device } from './decode.ts';
import { KIND, TICKET, TICKET_EXPIRIES, TICKET_KIND, TICKET_NUMBERS } from './shape.ts';

const MAC_BYTES = 10;

export interface Tickets {
  /** To ask for one is to use the session; undefined when that has ended. */
  issue(session: Session, device: Device): Promise<string | undefined>;
  /** The live session of a ticket for this device and application; undefined for all others. */
  read(text: string, device: Device): Promise<ReadTicket | undefined>;
}

export interface ReadTicket {
  readonly session: Session;
  /** Uses the ticket: true for whoever comes first. */
  readonly use: () => Promise<boolean>;
}

/** What the MAC covers beside the record's salt. */
interface Name extends Device {
  readonly keyId: number;
  readonly number: number;
  /** In seconds since 1970. */
  readonly endsAt: number;
}

export function createTickets(
  { sessions, keyring, clock, random, once }: Services,
  { realm, sso_ticket_life }: Config,
): Tickets {
  // Counted, and not drawn: of those that this process issues in a second, no two are alike.
  let count = random.bytes(2).readUInt16BE();

  const macOf = ({ id, salt }: Session, { keyId, number, endsAt, client, binding }: Name) => {
    const data = JSON.stringify([realm, id, salt, client, binding.value, number, endsAt]);
    return keyring.mac(keyId, TICKET_KIND, Buffer.from(data))?.subarray(0, MAC_BYTES);
  };

  return {
    async issue(session, { client, binding }) {
      const touched = await sessions.touch(sessions.token(session, KIND), realm);
      if ('refused' in touched) return undefined;
      const number = count++ % TICKET_NUMBERS;
      const keyId = keyring.currentMacKey();
      const endsAt = Math.ceil((clock.now() + sso_ticket_life) / 1000);
      const mac = macOf(session, { keyId, number, endsAt, client, binding });
      if (!mac) throw new Error(`MAC key ${keyId} is not in the keyring`);
      return TICKET.write({ keyId, id: session.id, number, expiry: endsAt % TICKET_EXPIRIES, mac });
    },

    async read(text, { client, binding }) {
      const ticket = TICKET.read(text);
      const found = ticket && (await sessions.inspect(ticket.id));
      if (!found || found.end) return undefined;
      const { session } = found;
      const { keyId, number, mac } = ticket;
      const endsAt = secondAfter(clock.now(), ticket.expiry);
      const expected = macOf(session, { keyId, number, endsAt, client, binding });
      if (!expected || !timingSafeEqual(expected, mac)) return undefined;
      return { session, use: () => once.use(TICKET_KIND, text, endsAt * 1000) };
    },
  };
}

/** The first second after a moment that ends in these bits. Of what is over, the MAC is another. */
function secondAfter(now: number, bits: number): number {
  const next = Math.floor(now / 1000) + 1;
  return next + ((((bits - next) % TICKET_EXPIRIES) + TICKET_EXPIRIES) % TICKET_EXPIRIES);
}
