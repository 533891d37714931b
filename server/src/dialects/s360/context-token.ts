/**
 * The context JWT: who the user is, for one external system. HS256 (RFC 7515), under that system's
 * key.
 *
 * `sessionTokenEncrypted` is the base64 of 48 bytes: a fresh IV, then the 16 bytes of the
 * sessionToken's UUID under AES-256-CBC with PKCS#7 padding. The IV makes every JWT a new one.
 */

import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Person } from '../../directory/directory.ts';
import type { Child } from '../../engine/session.ts';
import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';
import { selfProfile } from './encode.ts';
import type { Pair } from './shape.ts';

const IV_BYTES = 16;

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

interface SystemKeys {
  readonly jwt: KeyObject;
  readonly token: KeyObject;
}

export interface ContextTokens {
  isKnown(system: string): boolean;
  /** Undefined when the child's application is no longer one of the external systems. */
  mint(child: Child, person: Person, pair: Pair): string | undefined;
}

export function createContextTokens(
  { keyring, clock, random }: Pick<Services, 'keyring' | 'clock' | 'random'>,
  config: Config,
): ContextTokens {
  const systems = new Map<string, SystemKeys>();
  for (const { name, jwt_key, token_key } of config.external_systems) {
    const jwt = jwt_key === undefined ? keyring.derive(`s360/jwt/${name}`) : Buffer.from(jwt_key);
    const token =
      token_key === undefined
        ? keyring.derive(`s360/token/${name}`)
        : Buffer.from(token_key, 'hex');
    systems.set(name, { jwt: createSecretKey(jwt), token: createSecretKey(token) });
  }

  return {
    isKnown: (system) => systems.has(system),

    mint(child, person, { sessionId, sessionToken }) {
      const keys = systems.get(child.application);
      if (!keys) return undefined;
      const claims = {
        iss: config.issuer,
        sub: child.application,
        aud: config.audience,
        context: {
          user: { selfProfile: [selfProfile(person)] },
          // The vendor's applications hand such parameters over; here there is no way to.
          app: { iidParams: {} },
          sso: {
            sessionId,
            externalSystemId: child.application,
            authorityType: 'SELF',
            sessionTokenEncrypted: encrypt(sessionToken, keys.token, random.bytes(IV_BYTES)),
          },
        },
        ...(config.jwt_life === undefined
          ? {}
          : { exp: Math.floor((clock.now() + config.jwt_life) / 1000) }),
      };
      return signed(claims, keys.jwt);
    },
  };
}

function signed(claims: object, key: KeyObject): string {
  const input = `${HEADER}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function encrypt(uuid: string, key: KeyObject, iv: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const plain = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
