/**
 * Credentials: opens another dialect's door to the caller's session, as a portal does.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Services, WireAnswer, WireRequest } from '../../dialect.ts';
import { callerOf } from '../caller.ts';
import { readMembers } from '../decode.ts';
import { problem, refusalProblem } from '../errors.ts';

export async function issueCredential(
  services: Services,
  request: WireRequest,
): Promise<WireAnswer> {
  const caller = await callerOf(services, request, request.params.realm ?? '');
  if ('status' in caller) return caller;
  const body = readMembers(request, ['dialect'], ['application', 'device']);
  if ('unfit' in body) return problem('bad_request', body.unfit);
  const { dialect, application = null, device = null } = body;
  const ask = { application, device, origin: request.origin };
  const outcome = await services.credential(dialect, caller.session, ask);
  if (!outcome) return problem('no_such_dialect');
  if ('refused' in outcome) return refusalProblem(outcome);
  if ('fault' in outcome) return problem('bad_request', outcome.fault);
  const { credential } = outcome;
  return jsonAnswer(201, { dialect, credential }, { 'Cache-Control': 'no-store' });
}
