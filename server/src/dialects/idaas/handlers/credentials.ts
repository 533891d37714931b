/**
 * Credentials: an application's server opens another dialect's door to the session of its user.
 *
 * Our own addition. It renews as well: a token that could be exchanged without being spent would be
 * worth stealing, since its owner would never notice.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route, Services } from '../../dialect.ts';
import { NOT_STORED } from '../encode.ts';
import { missing, problem, refused } from '../errors.ts';
import type { Renew } from '../renewal.ts';

export function createCredentials(services: Services, renew: Renew): Route['handle'] {
  return async (request) => {
    const renewed = await renew(request);
    if ('status' in renewed) return renewed;
    const { dialect, application = null, device_fingerprint } = renewed.body;
    if (typeof dialect !== 'string') return missing('dialect');
    if (application !== null && typeof application !== 'string') return missing('application');
    const device = String(device_fingerprint);
    const ask = { application, device, origin: request.origin };
    const given = await services.credential(dialect, renewed.outcome.session, ask);
    if (!given || 'fault' in given) return problem('unknown_client');
    if ('refused' in given) return refused(given);
    return jsonAnswer(200, { ...renewed.answer, dialect, ...given }, NOT_STORED);
  };
}
