/**
 * SSO ticket: a session token is used for a ticket, which tells one application once who it is.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { problem, refused } from '../errors.ts';
import { TICKET, TICKET_KIND } from '../shape.ts';

export function createSsoTicket({
  services: { sessions },
  config,
  clients,
  callers,
  sessionTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'session_token');
    if ('status' in caller) return caller;
    // Huawei: the application that the person goes to, when it is another.
    const { client_id: client = caller.client } = caller.body;
    if (typeof client !== 'string' || !clients.isKnown(client)) return problem('unknown_client');
    const used = await sessionTokens.use(String(caller.body.session_token), caller);
    if ('status' in used) return used;
    const lifeMs = config.sso_ticket_life;
    const conditions = { device: caller.binding.value };
    const ask = { client, scope: [], lifeMs, conditions, facts: {} };
    const outcome = await sessions.issueTicket(used.session, ask, TICKET_KIND);
    if ('refused' in outcome) return refused(outcome);
    const expire = Math.floor(lifeMs / 1000);
    return jsonAnswer(200, { expire, sso_ticket: TICKET.write(outcome.token) }, NOT_STORED);
  };
}
