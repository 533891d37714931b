/**
 * Tickets: values that are good once, such as authorization codes (RFC 6749, section 4.1.2).
 *
 * Using one is a commit on the record, so twice is impossible. A second use is refused and ends
 * what came of the first.
 */

import type { IssueTicket, Redeem, Replies } from '../command.ts';
import { type Decision, refuse, refuseAndKeep, replyAndKeep, type Seen } from '../decision.ts';
import type { End } from '../end.ts';
import { eventOf } from '../event.ts';
import { sessionEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import {
  accessedAt,
  addGrant,
  bySlot,
  filed,
  makeRoom,
  noted,
  takeSlot,
  withGrant,
  withTicket,
} from '../record.ts';
import type { Facts, Ms, Session, Ticket } from '../session.ts';
import { fits } from './open.ts';

export function issueTicket(
  command: IssueTicket,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['issue_ticket']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const end = sessionEnd(session, now);
  if (end) return refuse({ refused: 'session_ended', end });
  if (!fits(command.facts, policy) || !fits(command.conditions, policy)) {
    return refuse({ refused: 'limit_reached', limit: 'properties' });
  }
  const slot = takeSlot(session);
  const room = makeRoom(session, session.tickets, policy.limits.tickets, [
    (ticket) => now >= ticket.endsAt,
    (ticket) => ticket.spentAt !== null,
    () => true,
  ]);
  if (typeof slot === 'string' || !room) {
    return refuse({ refused: 'limit_reached', limit: 'tickets' });
  }
  const { client, scope, conditions, facts, lifeMs } = command;
  const times = { createdAt: now, endsAt: now + lifeMs, spentAt: null };
  const ticket: Ticket = { slot, client, scope, conditions, facts, ...times, grant: null };
  const grown = { ...accessedAt(session, now), nextSlot: slot + 1, tickets: [...room, ticket] };
  return replyAndKeep({ session: grown, ticket }, [eventOf(session, 'ticket_issued', client)]);
}

export function redeem(
  command: Redeem,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['redeem']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const end = sessionEnd(session, now);
  if (end) return refuse({ refused: 'session_ended', end });
  const ticket = bySlot(session.tickets, command.slot);
  if (!ticket) return refuse({ refused: 'ticket_spent' });
  if (ticket.client !== command.client) return refuse({ refused: 'wrong_client' });
  if (ticket.spentAt !== null) return secondUse(session, ticket, now, policy);
  if (now >= ticket.endsAt) return refuse({ refused: 'ticket_expired' });
  if (!areSame(ticket.conditions, command.conditions)) {
    return refuse({ refused: 'ticket_mismatch' });
  }
  const { client, scope, facts } = ticket;
  const draft = { ...command.grant, client, scope, facts };
  const grown = addGrant(accessedAt(session, now), draft, now, policy);
  if (typeof grown === 'string') return refuse({ refused: 'limit_reached', limit: grown });
  const spent = { ...ticket, spentAt: now, grant: grown.grant.slot };
  return replyAndKeep(
    { session: withTicket(grown.session, spent), ticket: spent, grant: grown.grant },
    grown.events,
  );
}

function secondUse(
  session: Session,
  ticket: Ticket,
  now: Ms,
  policy: Policy,
): Decision<Replies['redeem']> {
  const grant = ticket.grant === null ? undefined : bySlot(session.grants, ticket.grant);
  if (!grant || grant.end) return refuse({ refused: 'ticket_spent' });
  const end: End = { reason: 'code_replayed', at: now, by: 'policy' };
  const marked = noted(session, 'code_replayed', ticket.client, now, policy);
  const ended = filed(withGrant(marked, { ...grant, end }), now, policy);
  const event = { ...eventOf(session, 'grant_ended', grant.client), reason: end.reason };
  return refuseAndKeep({ refused: 'ticket_spent' }, ended, [event]);
}

function areSame(expected: Facts, presented: Facts): boolean {
  const names = Object.keys(expected);
  return (
    names.length === Object.keys(presented).length &&
    names.every((name) => expected[name] === presented[name])
  );
}
