/**
 * Proof Key for Code Exchange (RFC 7636), method S256.
 */

import { hash } from 'node:crypto';

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** The challenge of a verifier (section 4.2); undefined when that is not one (section 4.1). */
export function challengeOf(verifier: string): string | undefined {
  return VERIFIER.test(verifier) ? hash('sha256', verifier, 'base64url') : undefined;
}

/** Whether a text can be the challenge of any verifier. */
export function isChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}
