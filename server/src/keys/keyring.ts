/**
 * The keyring port: what may be done with the server's keys, without seeing one. The keys of
 * `derive` alone are handed out, each for one named use.
 *
 * Two purposes: `mac` keys derive and check the opaque tokens, `signing` keys sign compact JWS.
 * In each the newest key makes new tokens; older ones check what they made until its last token
 * has ended.
 */

/** A MAC key's number, 0 to 7: the tightest token shape has three bits for it. */
export type MacKeyId = number;

export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

export type KeyPurpose = 'mac' | 'signing';

/** A key as an operator sees it. */
export interface KeyFacts {
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly algorithm: 'HS256' | SigningAlgorithm;
  readonly createdAt: number;
  /** `current` makes new tokens; `verifying` only checks old ones. */
  readonly state: 'current' | 'verifying';
}

export interface Keyring {
  /** The MAC key that new tokens are made with. */
  currentMacKey(): MacKeyId;

  /**
   * HMAC-SHA-256 (RFC 2104) under that MAC key and a label that separates uses.
   * 32 bytes; undefined when the key has left the ring.
   */
  mac(id: MacKeyId, label: string, data: Buffer): Buffer | undefined;

  /** A key of 32 bytes for one named use, stable for the life of the root secret (HKDF, RFC 5869). */
  derive(use: string): Buffer;

  /** A compact JWS (RFC 7515) with the current signing key. `typ` goes into the header. */
  sign(claims: Readonly<Record<string, unknown>>, typ: string): string;

  /** The claims of a compact JWS that a key of this ring signed; undefined for any other. */
  verify(jws: string, typ: string): Readonly<Record<string, unknown>> | undefined;

  /** The public signing keys as a JWK Set (RFC 7517). */
  publicKeys(): { readonly keys: readonly Readonly<Record<string, unknown>>[] };

  list(): readonly KeyFacts[];

  /**
   * A new key becomes current. Old ones stay until their last token has ended.
   * @throws KeysInUse when every number of the purpose still has tokens alive.
   */
  rotate(purpose: KeyPurpose): Promise<KeyFacts>;
}

/** No number is free for another key: tokens of all the others may still be alive. */
export class KeysInUse extends Error {
  override readonly name = 'KeysInUse';
}
