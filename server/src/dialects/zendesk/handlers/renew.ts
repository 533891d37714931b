/**
 * `GET users/me/session/renew`: resets the idle clock, and hands out the authenticity token (C.4).
 */

import type { Route } from '../../dialect.ts';
import { authenticityTokenOf } from '../authenticity.ts';
import type { Context } from '../context.ts';
import { sessionCookies } from '../cookies.ts';
import { currentSession } from '../current-session.ts';
import { endpoint, type Handle } from '../endpoint.ts';
import { authenticityToken, sessionText } from '../shape.ts';

export function createRenew(context: Context): Route['handle'] {
  const { services, config } = context;
  const handle: Handle = async ({ request, caller }) => {
    const current = await currentSession(context, caller, true);
    if ('status' in current) return current;
    if (caller.by !== 'basic') {
      return { body: { authenticity_token: authenticityTokenOf(context, caller) } };
    }
    const { session } = current;
    return {
      body: { authenticity_token: authenticityToken(services, session) },
      cookies: sessionCookies(config, request, sessionText(services, session)),
    };
  };
  return endpoint(context, handle, { isRenewal: true });
}
