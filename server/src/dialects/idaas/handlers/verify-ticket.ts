/**
 * Verify ticket: the application that a ticket is for learns whose it is, once.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED, userInfo } from '../encode.ts';
import { problem } from '../errors.ts';
import { personOf } from '../identity.ts';
import { TICKET } from '../shape.ts';

export function createVerifyTicket({ services, config, callers }: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'sso_ticket');
    if ('status' in caller) return caller;
    const ticket = TICKET.read(String(caller.body.sso_ticket));
    if (!ticket) return problem('bad_ticket');
    const { client, binding } = caller;
    const conditions = { device: binding.value };
    const ask = { realm: config.realm, client, conditions };
    const outcome = await services.sessions.spend(ticket, ask);
    // One answer for all: whose ticket it was, and whether it was good, is nobody's business.
    if ('refused' in outcome) return problem('bad_ticket');
    const person = await personOf(services, outcome.session);
    if (!person) return problem('bad_ticket');
    return jsonAnswer(200, userInfo(person, config.user_info), NOT_STORED);
  };
}
