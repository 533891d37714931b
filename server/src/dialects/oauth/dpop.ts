/**
 * Demonstrating Proof of Possession (RFC 9449): a proof with each request that its sender holds the
 * key which a token is bound to.
 */

import { createHmac, hash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  type JWK,
  jwtVerify,
} from 'jose';
import type { Services, WireRequest } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import type { Config } from './config.ts';
import { type Problem, problem } from './errors.ts';

export const DPOP_ALGORITHMS: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'RS256'],
];

/** How far from now the time of a proof may be, in seconds; its `jti` is remembered for as long. */
const WINDOW = 60;

/** How long a nonce is the current one; the one before it is still good. */
const NONCE_MS = 150_000;

/** Base64url letters of a modulus of 4096 bits, and of any exponent that is in use. */
const MODULUS_MAX = 683;
const EXPONENT_MAX = 8;

export interface Dpop {
  /**
   * The thumbprint of the key (RFC 7638) that the request's proof was made with; undefined when
   * there is no proof. Uses the proof up when all the rest of it is right.
   * @param accessToken That comes with the request, and that the proof must name.
   * @throws StoreFault
   */
  readProof(request: WireRequest, accessToken?: string): Promise<string | undefined | Problem>;
  /** What a client is to put into its next proof; undefined when none is asked for. */
  nonce(): string | undefined;
}

type Parts = Pick<Services, 'keyring' | 'clock' | 'once'>;

export function createDpop({ keyring, clock, once }: Parts, config: Config): Dpop {
  const { base_url, dpop } = config;
  const key = keyring.derive('oauth dpop nonce');
  const isAsked = dpop.nonce === 'on';
  const nonceOf = (turn: number) => createHmac('sha256', key).update(`${turn}`).digest('base64url');
  const turn = () => Math.floor(clock.now() / NONCE_MS);

  const isGoodNonce = (nonce: unknown) =>
    typeof nonce === 'string' &&
    [turn(), turn() - 1].map((at) => sameSecret(nonce, nonceOf(at))).includes(true);

  return {
    nonce: () => (isAsked ? nonceOf(turn()) : undefined),

    async readProof(request, accessToken) {
      const text = request.headers.dpop;
      if (text === undefined) return undefined;
      const proof = await verified(text, new Date(clock.now()));
      if (!proof) return bad('The DPoP proof is malformed or its signature is wrong');
      const { jti, iat = Number.NaN, htm, htu, ath, nonce } = proof.claims;
      if (typeof jti !== 'string' || jti === '') return bad('The DPoP proof has no jti');
      if (htm !== request.method) return bad('The DPoP proof is for another method');
      if (!isTarget(htu, (base_url ?? request.origin) + request.path)) {
        return bad('The DPoP proof is for another URL');
      }
      if (!(Math.abs(clock.now() / 1000 - iat) <= WINDOW)) {
        return bad('The DPoP proof is too old or from the future');
      }
      if (accessToken !== undefined && ath !== hash('sha256', accessToken, 'base64url')) {
        return bad('The DPoP proof is for another access token');
      }
      if (isAsked && !isGoodNonce(nonce)) return WANTS_NONCE;
      const name = JSON.stringify([proof.jkt, jti]);
      const isFirst = await once.use('oauth dpop', name, (Math.ceil(iat) + WINDOW + 1) * 1000);
      return isFirst ? proof.jkt : bad('The DPoP proof was used before');
    },
  };
}

interface Proof {
  readonly claims: Readonly<Record<string, unknown>> & { readonly iat?: number };
  readonly jkt: string;
}

/** What a proof says, once its signature was checked with the key that it carries. */
async function verified(text: string, currentDate: Date): Promise<Proof | undefined> {
  try {
    const { jwk } = decodeProtectedHeader(text);
    if (!jwk || !isHandy(jwk)) return undefined;
    const { payload } = await jwtVerify(text, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...DPOP_ALGORITHMS],
      currentDate,
    });
    return { claims: payload, jkt: await calculateJwkThumbprint(jwk) };
  } catch {
    return undefined;
  }
}

/** Whoever sends a key of their own may make us work; an honest one is no larger than this. */
function isHandy({ n = '', e = '' }: JWK): boolean {
  return n.length <= MODULUS_MAX && e.length <= EXPONENT_MAX;
}

/** Query and fragment are no part of it (section 4.3). */
function isTarget(htu: unknown, url: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu) || !URL.canParse(url)) return false;
  const [meant, called] = [new URL(htu), new URL(url)];
  return meant.origin === called.origin && meant.pathname === called.pathname;
}

function bad(text: string): Problem {
  return problem(400, 'invalid_dpop_proof', text);
}

const WANTS_NONCE = problem(400, 'use_dpop_nonce', 'The DPoP proof needs the nonce of this answer');
