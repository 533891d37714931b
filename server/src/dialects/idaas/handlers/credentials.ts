/**
 * Credentials: an application's server opens another dialect's door to the session of its user.
 *
 * Our own addition. It renews as well: a token that could be exchanged without being spent would be
 * worth stealing, since its owner would never notice. What is refused renews nothing: whoever reads
 * of an error keeps the token that they have.
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
    const { dialect, application = null, device_fingerprint } = caller.body;
    if (typeof dialect !== 'string') return missing('dialect');
    if (application !== null && typeof application !== 'string') return missing('application');
    const text = String(caller.body.session_token);
    const used = await sessionTokens.use(text, caller);
    if ('status' in used) return used;
    // One that a portal handed out stands for its application, and not for the person.
    if (!used.grant.isSignIn) return problem('bad_session_token');
    const ask = { application, device: String(device_fingerprint), origin: request.origin };
    const given = await services.credential(dialect, used.session, ask);
    if (!given || 'fault' in given) return problem('unknown_client');
    if ('refused' in given) return refused(given);
    const renewed = await sessionTokens.renew(text, caller);
    if ('status' in renewed) return renewed;
    const { expire, text: session_token } = renewed;
    return jsonAnswer(200, { expire, session_token, dialect, ...given }, NOT_STORED);
  };
}
