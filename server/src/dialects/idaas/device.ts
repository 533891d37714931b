/**
 * Devices: how a token is bound to one. The record keeps a hash, never the fingerprint itself.
 */

import { hash } from 'node:crypto';
import type { Binding } from '../../engine/session.ts';

/** @param fingerprint As the device gives it; the same device gives the same one. */
export function deviceBinding(fingerprint: string): Binding {
  return { kind: 'device', value: hash('sha256', fingerprint, 'base64url') };
}
