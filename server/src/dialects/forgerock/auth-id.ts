/**
 * The authId: how far a sign-in has come, as a compact JWS that its client hands back with each step
 * (fact sheet 2.3). HS256 (RFC 7515), good for 15 minutes and for one step.
 *
 * Anybody can read it: it holds what the client has typed so far, and never a password.
 */

import { createHmac, createSecretKey } from 'node:crypto';
import { isObject } from '../answers.ts';
import type { Services } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import { realmPath } from './encode.ts';
import { type AmError, amError } from './errors.ts';

const LIFE_MS = 15 * 60_000;

export interface Progress {
  readonly journey: string;
  readonly realm: string;
  /** The page that is to be answered; the first is 0. */
  readonly page: number;
  /** As it was typed on a page before. */
  readonly username: string | undefined;
  /** As the first request asked. */
  readonly noSession: boolean;
}

/** Progress that a client has handed back. */
export interface Step extends Progress {
  /** Good once. */
  readonly key: string;
  readonly endsAt: number;
}

export interface AuthIds {
  write(progress: Progress): string;
  /** Does not say whether it was used before. */
  read(text: string): Step | AmError;
}

export const SESSION_TIMED_OUT: AmError = {
  ...amError(408, 'Session has timed out'),
  // What AM's own login page looks for, to begin again.
  detail: { errorCode: '110' },
};

const HEADER = encode({ typ: 'JWT', alg: 'HS256' });

export function createAuthIds({
  keyring,
  clock,
  random,
}: Pick<Services, 'keyring' | 'clock' | 'random'>): AuthIds {
  const key = createSecretKey(keyring.derive('forgerock/authId'));
  const sign = (input: string) => createHmac('sha256', key).update(input).digest('base64url');

  return {
    write({ journey, realm, page, username, noSession }) {
      const now = Math.floor(clock.now() / 1000);
      const input = `${HEADER}.${encode({
        authIndexType: 'service',
        authIndexValue: journey,
        otk: random.bytes(20).toString('hex'),
        realm: realmPath(realm),
        sessionId: random.bytes(16).toString('base64url'),
        exp: now + LIFE_MS / 1000,
        iat: now,
        page,
        ...(username !== undefined && { username }),
        ...(noSession && { noSession }),
      })}`;
      return `${input}.${sign(input)}`;
    },

    read(text) {
      const parts = text.split('.');
      const [header = '', payload = '', signature = ''] = parts;
      if (parts.length !== 3) return unparsable(`not right number of dots, ${parts.length}`);
      const claims = decode(payload);
      if (!decode(header) || !claims) return unparsable('not valid JSON');
      if (!sameSecret(signature, sign(`${header}.${payload}`))) return BAD_SIGNATURE;
      const step = stepOf(claims);
      return step.endsAt > clock.now() ? step : SESSION_TIMED_OUT;
    },
  };
}

export const BAD_SIGNATURE = amError(400, 'AuthId JWT Signature not valid');

export function unparsable(why: string): AmError {
  return amError(400, `Failed to parse JWT, ${why}`);
}

/** Our own signature stands under them. */
function stepOf(claims: Readonly<Record<string, unknown>>): Step {
  const { authIndexValue, otk, realm, exp, page, username, noSession } = claims;
  return {
    journey: String(authIndexValue),
    realm: String(realm).slice(1),
    page: Number(page),
    username: typeof username === 'string' ? username : undefined,
    noSession: noSession === true,
    key: String(otk),
    endsAt: Number(exp) * 1000,
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
