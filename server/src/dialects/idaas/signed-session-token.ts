/**
 * The session token of a call on a device: in a signature, as Huawei has it, or as it is.
 */

import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Context } from './context.ts';
import type { Device } from './decode.ts';
import { missing, problem } from './errors.ts';

export function signedSessionToken(
  { signatures }: Context,
  { headers }: WireRequest,
  { client }: Device,
): string | WireAnswer {
  const signature = headers['x-signature'];
  if (signature) return signatures.read(client, signature) ?? problem('bad_signature');
  return headers['session-token'] || missing('session-token');
}
