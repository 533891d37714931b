/**
 * Tenant access tokens: kept nowhere, so that every one is good until its time has come.
 *
 * A UUID of version 4 whose 122 free bits are: expiry in seconds 32, key 3, client 7, MAC 80. The
 * MAC covers the realm and the client's whole name; the 7 bits, of its hash, say which names to try.
 */

import { hash, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../keys/keyring.ts';
import type { Clock } from '../../sessions/clock.ts';
import { bitsOfUuid, uuidOf } from '../uuid.ts';
import type { Config } from './config.ts';

const LABEL = 'idaas/tenant-token';
const MAC_BYTES = 10;

export interface TenantTokens {
  issue(client: string): string;
  /** The client whose token it is; undefined when it is none of ours, or is over. */
  read(text: string): string | undefined;
}

/** @param life Milliseconds, of which whole seconds count. */
export function createTenantTokens(
  { keyring, clock }: { readonly keyring: Keyring; readonly clock: Clock },
  clients: readonly string[],
  { realm, tenant_token_life: life }: Pick<Config, 'realm' | 'tenant_token_life'>,
): TenantTokens {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const byReference = Map.groupBy(clients, reference);

  return {
    issue(client) {
      const expiry = seconds(clock.now()) + seconds(life);
      const keyId = keyring.currentMacKey();
      const mac = macOf(keyring, keyId, [realm, expiry, client]);
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
      return byReference.get(named)?.find((client) => {
        const expected = macOf(keyring, keyId, [realm, expiry, client]);
        return expected !== undefined && timingSafeEqual(expected, mac);
      });
    },
  };
}

function macOf(keyring: Keyring, keyId: number, parts: readonly (string | number)[]) {
  const data = Buffer.from(JSON.stringify(parts));
  return keyring.mac(keyId, LABEL, data)?.subarray(0, MAC_BYTES);
}

function reference(client: string): number {
  return hash('sha256', client, 'buffer').readUInt8(0) >> 1;
}
