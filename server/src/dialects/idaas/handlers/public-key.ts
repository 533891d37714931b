/**
 * Public key: what an application encrypts for the server with.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { problem } from '../errors.ts';

export function createPublicKey({ callers, signatures }: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const public_key = signatures.publicKey(device.client);
    return public_key ? jsonAnswer(200, { public_key }) : problem('no_public_key');
  };
}
