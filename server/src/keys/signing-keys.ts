/** Owns the signing keys in use: compact JWS (RFC 7515) by ES256, EdDSA (RFC 8037), or RS256. */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { derToRaw, rawToDer } from './ecdsa.ts';
import type { SigningAlgorithm } from './keyring.ts';
import type { StoredSigningKey } from './row.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Types are constants of the program. This many say that somebody made one out of data. */
const TYPES_LIMIT = 100;

export interface SigningKey {
  readonly publicJwk: Claims;
  sign(claims: Claims, typ: string): string;
  /** Undefined unless `sign` of this key made it, under this `typ`. Does not look at `exp`. */
  verify(jws: string, typ: string): Claims | undefined;
}

interface Scheme {
  generate(): Promise<{ readonly privateKey: KeyObject }>;
  /** The members of a JWK's thumbprint (RFC 7638 section 3.2), in its order; public ones all. */
  readonly members: readonly (keyof JsonWebKey)[];
  readonly digest: 'sha256' | null;
  /** From OpenSSL's form of a signature to that of JWS, and back; undefined when that is none. */
  toJws(signature: Buffer): Buffer;
  fromJws(signature: Buffer): Buffer | undefined;
}

const asItIs = (signature: Buffer) => signature;

const generatePair = promisify(generateKeyPair);

const SCHEMES: Readonly<Record<SigningAlgorithm, Scheme>> = {
  ES256: {
    generate: () => generatePair('ec', { namedCurve: 'P-256' }),
    members: ['crv', 'kty', 'x', 'y'],
    digest: 'sha256',
    toJws: derToRaw,
    fromJws: rawToDer,
  },
  EdDSA: {
    generate: () => generatePair('ed25519'),
    members: ['crv', 'kty', 'x'],
    digest: null,
    toJws: asItIs,
    fromJws: asItIs,
  },
  RS256: {
    generate: () => generatePair('rsa', { modulusLength: 2048 }),
    members: ['e', 'kty', 'n'],
    digest: 'sha256',
    toJws: asItIs,
    fromJws: asItIs,
  },
};

/** A new key pair; its `kid` is its thumbprint, SHA-256 (RFC 7638). */
export async function generateSigningKey(
  algorithm: SigningAlgorithm,
): Promise<Pick<StoredSigningKey, 'kid' | 'algorithm' | 'jwk'>> {
  const { privateKey } = await SCHEMES[algorithm].generate();
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(JSON.stringify(publicMembers(algorithm, jwk)))
    .digest('base64url');
  return { kid, algorithm, jwk };
}

export function openSigningKey({ kid, algorithm, jwk }: StoredSigningKey): SigningKey {
  const { digest, toJws, fromJws } = SCHEMES[algorithm];
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const headers = new Map<string, string>();

  /** With its dot, made once for each `typ`. */
  function headerOf(typ: string): string {
    const made = headers.get(typ);
    if (made !== undefined) return made;
    if (headers.size >= TYPES_LIMIT) throw new RangeError('the typ of a JWS must be a constant');
    const header = `${encode({ alg: algorithm, kid, typ })}.`;
    headers.set(typ, header);
    return header;
  }

  return {
    publicJwk: Object.freeze({
      ...publicMembers(algorithm, jwk),
      kid,
      use: 'sig',
      alg: algorithm,
    }),

    sign(claims, typ) {
      const input = headerOf(typ) + encode(claims);
      const signature = toJws(sign(digest, Buffer.from(input), privateKey));
      return `${input}.${signature.toString('base64url')}`;
    },

    // Only this server signs with these keys, so the header must be, letter for letter, the one
    // that `sign` writes. That pins alg, kid and typ at once, admits no `crit`, and parses nothing
    // that has not been verified.
    verify(jws, typ) {
      const expected = headerOf(typ);
      const end = jws.lastIndexOf('.');
      if (end < expected.length || !jws.startsWith(expected)) return undefined;
      const spelled = jws.slice(end + 1);
      const decoded = Buffer.from(spelled, 'base64url');
      // One spelling for each signature: the decoder is lenient, a token's text must not be.
      if (decoded.toString('base64url') !== spelled) return undefined;
      const signature = fromJws(decoded);
      if (signature === undefined) return undefined;
      if (!verify(digest, Buffer.from(jws.slice(0, end)), publicKey, signature)) return undefined;
      return JSON.parse(Buffer.from(jws.slice(expected.length, end), 'base64url').toString());
    },
  };
}

function publicMembers(algorithm: SigningAlgorithm, jwk: JsonWebKey): Record<string, unknown> {
  return Object.fromEntries(SCHEMES[algorithm].members.map((member) => [member, jwk[member]]));
}

function encode(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
