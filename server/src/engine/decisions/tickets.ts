/**
 * Tickets: values that are good once, such as authorization codes (RFC 6749, section 4.1.2).
 *
 * Using one is a commit on the record, so twice is impossible. A second use is refused and ends
 * what came of the first.
 */

import type { IssueTicket, Redeem, Replies } from '../command.ts';
import { type Decision, refuse, refuseAndKeep, replyAndGrow, type Seen } from '../decision.ts';
import type { End } from '../end.ts';
import { eventOf } from '../event.ts';
import { grantEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import {
  accessedAt,
  bySlot,
  filed,
  fits,
  noted,
  roomIn,
  takeSlot,
  withGrant,
  withNewGrant,
  withTicket,
} from '../record.ts';
import type { Facts, Ms, Session, Ticket } from '../session.ts';
import { liveSession } from './live.ts';

export function issueTicket(
  command: IssueTicket,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['issue_ticket']> {
  const session = liveSession(command, seen, now);
  if ('refused' in session) return refuse(session);
  if (!fits(command.facts, policy) || !fits(command.conditions, policy)) {
    return refuse({ refused: 'limit_reached', limit: 'properties' });
  }
  const slot = takeSlot(session);
  if (slot === undefined) return refuse({ refused: 'limit_reached', limit: 'slots' });
  const fresh = session.tickets.filter((ticket) => now < ticket.endsAt);
  const room = roomIn(fresh, policy.limits.tickets, [(ticket) => ticket.spentAt !== null]);
  if (!room) return refuse({ refused: 'limit_reached', limit: 'tickets' });
  const { client, scope, conditions, facts, lifeMs } = command;
  const times = { createdAt: now, endsAt: now + lifeMs, spentAt: null };
  const ticket: Ticket = { slot, client, scope, conditions, facts, ...times, grant: null };
  const grown = { ...accessedAt(session, now), nextSlot: slot + 1, tickets: [...room, ticket] };
  const event = eventOf(session, 'ticket_issued', client);
  return replyAndGrow({ session: grown, ticket }, [event], policy);
}

export function redeem(
  command: Redeem,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['redeem']> {
  const session = liveSession(command, seen, now);
  if ('refused' in session) return refuse(session);
  const ticket = bySlot(session.tickets, command.slot);
  if (!ticket) return refuse({ refused: 'ticket_spent' });
  if (ticket.client !== command.client) return refuse({ refused: 'wrong_client' });
  // Whoever has no more than the ticket, and not its verifier, ends nobody's grant.
  if (!areSame(ticket.conditions, command.conditions)) {
    return refuse({ refused: 'ticket_mismatch' });
  }
  if (ticket.spentAt !== null) return secondUse(session, ticket, now, policy);
  if (now >= ticket.endsAt) return refuse({ refused: 'ticket_expired' });
  const used = accessedAt(session, now);
  const { client, scope } = ticket;
  const grown = withNewGrant(used, { ...command.grant, client, scope }, now, policy);
  if (typeof grown === 'string') return refuse({ refused: 'limit_reached', limit: grown });
  const spent = { ...ticket, spentAt: now, grant: grown.grant.slot };
  const kept = withTicket(grown.session, spent);
  return replyAndGrow({ session: kept, ticket: spent, grant: grown.grant }, grown.events, policy);
}

function secondUse(
  session: Session,
  ticket: Ticket,
  now: Ms,
  policy: Policy,
): Decision<Replies['redeem']> {
  const grant = ticket.grant === null ? undefined : bySlot(session.grants, ticket.grant);
  if (!grant || grantEnd(session, grant, now)) return refuse({ refused: 'ticket_spent' });
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
