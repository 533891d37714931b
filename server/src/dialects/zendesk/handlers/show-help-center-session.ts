/**
 * `GET help_center/sessions`: the authenticity token for pages of the help centre (fact sheet C.4).
 */

import type { Route } from '../../dialect.ts';
import { authenticityTokenOf } from '../authenticity.ts';
import type { Context } from '../context.ts';
import { openEndpoint } from '../endpoint.ts';

export function createShowHelpCenterSession(context: Context): Route['handle'] {
  return openEndpoint(context, async ({ caller }) => ({
    body: { current_session: { csrf_token: authenticityTokenOf(context, caller) } },
  }));
}
