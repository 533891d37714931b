/**
 * Tokens: derived from the record with a key, never stored.
 *
 * A token names its session, slot and generation, and proves itself with a MAC over these and the
 * record's salt: a stolen database lacks the key, a stolen key lacks the salt. A short keyed check
 * beside it, without the salt, refuses garbage before any read. How a token looks on the wire is
 * the dialect's business (`dialects/shapes.ts`).
 */

import { timingSafeEqual } from 'node:crypto';
import type { Session, SessionId, Slot } from '../engine/session.ts';
import type { Keyring } from '../keys/keyring.ts';
import { bytesFromId, ID_BYTES } from './ids.ts';

/** Bits of the check, of which a tight shape may carry the first few. */
export const CHECK_BITS = 32;

/** Bytes of a MAC; a tight shape may carry the first ten or more. */
export const MAC_BYTES = 16;
export const MAC_BYTES_MIN = 10;

export interface Token {
  /** What it is good for. A token of one kind is never taken for another. */
  readonly kind: string;
  readonly id: SessionId;
  /** 0 for the session itself, up to 65535. */
  readonly slot: Slot;
  /** 0 where nothing rotates. */
  readonly generation: number;
  /** 0 to 7. */
  readonly keyId: number;
  /** The first `checkBits` of the keyed check, as an unsigned number. */
  readonly check: number;
  readonly checkBits: number;
  readonly mac: Buffer;
}

/** What a token is derived from. */
export interface TokenName {
  readonly kind: string;
  readonly slot: Slot;
  readonly generation: number;
  readonly keyId: number;
}

/**
 * Derives a token. The same record and name give the same token, always.
 * @throws Error when the key has left the ring, which its keeper rules out while tokens live.
 */
export function deriveToken(keyring: Keyring, session: Session, name: TokenName): Token {
  const { id, salt } = session;
  const check = checkOf(keyring, id, name);
  const mac = macOf(keyring, id, salt, name);
  if (check === undefined || !mac) throw new Error(`MAC key ${name.keyId} is not in the keyring`);
  return { ...name, id, check, checkBits: CHECK_BITS, mac };
}

/** Whether a token can be ours at all. Needs no record. */
export function isPlausible(keyring: Keyring, token: Token): boolean {
  const check = checkOf(keyring, token.id, token);
  return check !== undefined && check >>> (CHECK_BITS - token.checkBits) === token.check;
}

/** Whether a token was derived from this record. */
export function isGenuine(keyring: Keyring, token: Token, session: Session): boolean {
  if (token.mac.length < MAC_BYTES_MIN) return false;
  const mac = macOf(keyring, session.id, session.salt, token);
  return mac !== undefined && timingSafeEqual(mac.subarray(0, token.mac.length), token.mac);
}

function checkOf(keyring: Keyring, id: SessionId, name: TokenName): number | undefined {
  const data = Buffer.allocUnsafe(NAME_BYTES);
  writeName(data, id, name);
  return keyring.mac(name.keyId, `check/${name.kind}`, data)?.readUInt32BE(0);
}

function macOf(keyring: Keyring, id: SessionId, salt: string, name: TokenName): Buffer | undefined {
  const data = Buffer.allocUnsafe(NAME_BYTES + salt.length);
  writeName(data, id, name);
  data.write(salt, NAME_BYTES, 'latin1');
  return keyring.mac(name.keyId, `token/${name.kind}`, data)?.subarray(0, MAC_BYTES);
}

const NAME_BYTES = ID_BYTES + 2 + 4;

function writeName(data: Buffer, id: SessionId, { slot, generation }: TokenName): void {
  bytesFromId(id, data, 0);
  data.writeUInt16BE(slot, ID_BYTES);
  data.writeUInt32BE(generation, ID_BYTES + 2);
}
