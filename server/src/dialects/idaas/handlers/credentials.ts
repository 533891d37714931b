/**
 * Credentials: an application's server opens another dialect's door to the session of its user.
 *
 * Our own addition. It renews as well: a token that could be exchanged without being spent would be
 * worth stealing, since its owner would never notice.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { missing, problem, refused } from '../errors.ts';

export function createCredentials({ services, callers, sessionTokens }: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'session_token');
    if ('status' in caller) return caller;
    const renewed = await sessionTokens.renew(String(caller.body.session_token), caller);
    if ('status' in renewed) return renewed;
    const { dialect, application = null, device_fingerprint } = caller.body;
    if (typeof dialect !== 'string') return missing('dialect');
    if (application !== null && typeof application !== 'string') return missing('application');
    const device = String(device_fingerprint);
    const ask = { application, device, origin: request.origin };
    const given = await services.credential(dialect, renewed.session, ask);
    if (!given || 'fault' in given) return problem('unknown_client');
    if ('refused' in given) return refused(given);
    const { expire, text: session_token } = renewed;
    return jsonAnswer(200, { expire, session_token, dialect, ...given }, NOT_STORED);
  };
}
