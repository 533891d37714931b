/**
 * Who calls a resource that is about nobody else: the session in the cookie, or in the header that is
 * named after it (fact sheet 3.1).
 */

import type { Session } from '../../engine/session.ts';
import type { Context } from './context.ts';
import { readTokens } from './decode.ts';
import { ACCESS_DENIED, type AmError, isAmError } from './errors.ts';
import type { Call } from './resource.ts';
import { shape } from './shape.ts';

/** Leaves the idle clock alone. */
export async function findCaller(
  { services, config }: Context,
  { request, parameters, realm }: Call,
): Promise<Session | AmError> {
  const texts = readTokens(request, parameters, {}, config.cookie_name);
  if (isAmError(texts)) return texts;
  const token = shape.read(texts.cookie ?? texts.header ?? '');
  const found = token && (await services.sessions.look(token, realm));
  return !found || 'refused' in found ? ACCESS_DENIED : found.session;
}
