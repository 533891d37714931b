/**
 * Client certificates (RFC 8705): what one says of whoever showed it. That it is whole, and that its
 * chain and times are good, the proxy has seen to that took it.
 */

import { hash, X509Certificate } from 'node:crypto';
import type { WireRequest } from '../dialect.ts';

export interface Certificate {
  /** SHA-256 of its DER, base64url: `x5t#S256` (section 3.1). */
  readonly thumbprint: string;
  /** The subject's distinguished name as RFC 4514 writes it. */
  readonly subject: string;
}

/** Undefined when none came, or what came is none. */
export function certificateOf({ certificate }: WireRequest): Certificate | undefined {
  if (certificate === undefined) return undefined;
  try {
    const { raw, subject } = new X509Certificate(certificate);
    // Node names the outermost part first, a line each; RFC 4514 (section 2.1) the innermost.
    const parts = subject?.split('\n').toReversed() ?? [];
    return { thumbprint: hash('sha256', raw, 'base64url'), subject: parts.join(',') };
  } catch {
    return undefined;
  }
}
