/**
 * The external systems, each with the keys that it checks and decrypts with.
 */

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Keyring } from '../../keys/keyring.ts';
import type { Config } from './config.ts';

export type AuthorityType = Config['authority_types'][number];

export interface ExternalSystem {
  readonly name: string;
  /** Of its JWTs: HS256 (RFC 7518, section 3.2). */
  readonly jwtKey: KeyObject;
  /** Of `sessionTokenEncrypted`: AES, 16, 24 or 32 bytes. */
  readonly tokenKey: KeyObject;
  /** The authority type of pairs that say nothing of another. */
  readonly authorityType: string | undefined;
}

/** By name. A system without keys in the config has derived ones, which only this server knows. */
export function createSystems(
  keyring: Pick<Keyring, 'derive'>,
  { realm, external_systems }: Config,
): ReadonlyMap<string, ExternalSystem> {
  return new Map(
    external_systems.map(({ name, jwt_key, token_key, authority_type }) => {
      const derived = (use: string) => keyring.derive(`s360/${use}/${realm}/${name}`);
      const jwt = jwt_key === undefined ? derived('jwt') : Buffer.from(jwt_key);
      const token = token_key === undefined ? derived('token') : Buffer.from(token_key, 'hex');
      const system = {
        name,
        jwtKey: createSecretKey(jwt),
        tokenKey: createSecretKey(token),
        authorityType: authority_type,
      };
      return [name, system];
    }),
  );
}
