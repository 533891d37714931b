/**
 * Verify ticket: the application that a ticket is for learns whose it is, once.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED, userInfo } from '../encode.ts';
import { problem } from '../errors.ts';
import { personOf } from '../identity.ts';

export function createVerifyTicket({
  services,
  config,
  callers,
  tickets,
}: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'sso_ticket');
    if ('status' in caller) return caller;
    const ticket = await tickets.read(String(caller.body.sso_ticket), caller);
    const person = ticket && (await personOf(services, ticket.session));
    // One answer for all: whose ticket it was, and whether it was good, is nobody's business.
    if (!person || !(await ticket.use())) return problem('bad_ticket');
    return jsonAnswer(200, userInfo(person, config.user_info), NOT_STORED);
  };
}
