/**
 * The context of a pair, and the JWT around it: who the user is, for one external system. HS256
 * (RFC 7515), under that system's key.
 */

import { createCipheriv, createHmac, type KeyObject } from 'node:crypto';
import type { Random } from '../../sessions/random.ts';
import type { Caller } from './caller.ts';
import { authorityTypeOf, iidParamsOf } from './child-facts.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { userOf } from './encode.ts';
import { writePair } from './shape.ts';
import type { AuthorityType } from './systems.ts';

const BLOCK_BYTES = 16;

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** A new one at each call, even where nothing has changed. */
export function contextOf({ services, config }: Context, caller: Caller): object {
  const { token, child, system, person } = caller;
  const { sessionId, sessionToken } = writePair(token);
  const type = authorityType(config, authorityTypeOf(child) ?? system.authorityType);
  return {
    user: userOf(person, type),
    app: { iidParams: iidParamsOf(child) },
    sso: {
      sessionId,
      externalSystemId: system.name,
      authorityType: type.name,
      sessionTokenEncrypted: encrypted(sessionToken, system.tokenKey, config, services.random),
    },
  };
}

export function contextToken(context: Context, caller: Caller): string {
  const { services, config } = context;
  const claims = {
    iss: config.issuer,
    sub: caller.system.name,
    aud: config.audience,
    context: contextOf(context, caller),
    ...(config.jwt_life === undefined
      ? {}
      : { exp: Math.floor((services.clock.now() + config.jwt_life) / 1000) }),
  };
  const input = `${HEADER}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', caller.system.jwtKey).update(input).digest('base64url')}`;
}

/** The first one where none is named, or one that has left the config since. */
function authorityType({ authority_types }: Config, name: string | undefined): AuthorityType {
  const type = authority_types.find((one) => one.name === name) ?? authority_types[0];
  if (!type) throw new Error('there is no authority type, which the schema rules out');
  return type;
}

/**
 * 48 bytes in base64, in one of three ways. Only a fresh IV makes every JWT a new one, and leaves
 * room for the bytes of the UUID alone.
 */
function encrypted(
  uuid: string,
  key: KeyObject,
  { token_encryption }: Config,
  random: Random,
): string {
  const bits = 8 * (key.symmetricKeySize ?? 0);
  if (token_encryption === 'ecb') {
    const cipher = createCipheriv(`aes-${bits}-ecb`, key, null);
    return Buffer.concat([cipher.update(uuid), cipher.final()]).toString('base64');
  }
  const isFresh = token_encryption === 'fresh_iv';
  const iv = isFresh ? random.bytes(BLOCK_BYTES) : Buffer.alloc(BLOCK_BYTES);
  const plain = isFresh ? Buffer.from(uuid.replaceAll('-', ''), 'hex') : Buffer.from(uuid);
  const cipher = createCipheriv(`aes-${bits}-cbc`, key, iv);
  const secret = [cipher.update(plain), cipher.final()];
  return Buffer.concat(isFresh ? [iv, ...secret] : secret).toString('base64');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
