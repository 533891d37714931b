/**
 * SSO ticket: a session token is used for a ticket, which tells one application once who it is.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { problem } from '../errors.ts';

export function createSsoTicket({
  config,
  clients,
  callers,
  sessionTokens,
  tickets,
}: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'session_token');
    if ('status' in caller) return caller;
    // Huawei: the application that the person goes to, when it is another.
    const { client_id: client = caller.client } = caller.body;
    if (typeof client !== 'string' || !clients.isKnown(client)) return problem('unknown_client');
    const used = await sessionTokens.use(String(caller.body.session_token), caller);
    if ('status' in used) return used;
    const sso_ticket = await tickets.issue(used.session, { client, binding: caller.binding });
    if (sso_ticket === undefined) return problem('bad_session_token');
    const expire = Math.floor(config.sso_ticket_life / 1000);
    return jsonAnswer(200, { expire, sso_ticket }, NOT_STORED);
  };
}
