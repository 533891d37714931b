/**
 * Tenant access tokens: kept nowhere, so that every one is good until its time has come.
 *
 * A UUID of version 4 whose 122 free bits are: expiry in seconds 32, key 3, client 7, MAC 80. The
 * MAC covers the client's whole name; the 7 bits, of its hash, say which names to try.
 */

import { hash, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../keys/keyring.ts';
import type { Clock } from '../../sessions/clock.ts';
import { bitsOfUuid, uuidOf } from '../uuid.ts';

const LABEL = 'idaas/tenant-token';
const MAC_BYTES = 10;

export interface TenantTokens {
  issue(client: string): string;
  /** The client whose token it is; undefined when it is none of ours, or is over. */
  read(text: string): string | undefined;
}

/** @param lifeMs Whole seconds of it count. */
export function createTenantTokens(
  { keyring, clock }: { readonly keyring: Keyring; readonly clock: Clock },
  clients: readonly string[],
  lifeMs: number,
): TenantTokens {
  const seconds = (ms: number) => Math.floor(ms / 1000);

  return {
    issue(client) {
      const expiry = seconds(clock.now()) + seconds(lifeMs);
      const keyId = keyring.currentMacKey();
      const mac = macOf(keyring, keyId, expiry, client);
      if (!mac) throw new Error(`MAC key ${keyId} is not in the keyring`);
      const head = (BigInt(expiry) << 10n) | BigInt((keyId << 7) | reference(client));
      return uuidOf((head << 80n) | BigInt(`0x${mac.toString('hex')}`));
    },

    read(text) {
      const bits = bitsOfUuid(text);
      if (bits === undefined) return undefined;
      const expiry = Number(bits >> 90n);
      if (seconds(clock.now()) >= expiry) return undefined;
      const keyId = Number((bits >> 87n) & 7n);
      const named = Number((bits >> 80n) & 127n);
      const mac = Buffer.from(BigInt.asUintN(80, bits).toString(16).padStart(20, '0'), 'hex');
      return clients.find((client) => {
        if (reference(client) !== named) return false;
        const expected = macOf(keyring, keyId, expiry, client);
        return expected !== undefined && timingSafeEqual(expected, mac);
      });
    },
  };
}

function macOf(keyring: Keyring, keyId: number, expiry: number, client: string) {
  const data = Buffer.from(JSON.stringify([expiry, client]));
  return keyring.mac(keyId, LABEL, data)?.subarray(0, MAC_BYTES);
}

function reference(client: string): number {
  return hash('sha256', client, 'buffer').readUInt8(0) >> 1;
}
