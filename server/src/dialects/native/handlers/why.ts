/**
 * Why: what ended a session, or what will; its grants, children and history.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Services, WireAnswer, WireRequest } from '../../dialect.ts';
import { readBearer } from '../decode.ts';
import { encodeWhy } from '../encode.ts';
import { problem } from '../errors.ts';
import { findFor } from './sessions.ts';

export async function why(services: Services, request: WireRequest): Promise<WireAnswer> {
  const found = await findFor(services, request);
  if ('status' in found) return found;
  return jsonAnswer(200, encodeWhy(found), { 'Cache-Control': 'no-store' });
}

/**
 * "Why was I signed out?": asked with the very token that does not work any more. It is told to
 * whoever holds a genuine one, and to nobody else.
 */
export async function whyCurrent(services: Services, request: WireRequest): Promise<WireAnswer> {
  const { realm = '' } = request.params;
  if (!services.sessions.realms.has(realm)) return problem('no_such_realm');
  const token = readBearer(services, request);
  if (!token) return problem('not_signed_in');
  const found = await services.sessions.inspectToken(token);
  if (!found || found.session.realm !== realm) return problem('unknown_token');
  return jsonAnswer(200, encodeWhy(found), { 'Cache-Control': 'no-store' });
}
