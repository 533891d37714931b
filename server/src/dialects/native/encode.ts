/**
 * Writes sessions, people and keys as this API shows them.
 */

import type { Person } from '../../directory/directory.ts';
import type { End } from '../../engine/end.ts';
import type { Ms, Notice, Session } from '../../engine/session.ts';
import type { KeyFacts } from '../../keys/keyring.ts';
import type { Inspected } from '../../sessions/sessions.ts';
import { REASONS } from './errors.ts';

const time = (ms: Ms) => new Date(ms).toISOString();

export function encodeEnd(end: End | null) {
  return end && { reason: end.reason, text: REASONS[end.reason], at: time(end.at), by: end.by };
}

export function encodeSession(session: Session, end: End | null) {
  return {
    id: session.id,
    realm: session.realm,
    subject: session.subject,
    origin: session.origin,
    alive: end === null,
    created_at: time(session.createdAt),
    last_access_at: time(session.lastAccessAt),
    idle_ends_at: time(session.lastAccessAt + session.idleMs),
    ends_at: time(session.endsAt),
    end: encodeEnd(end),
  };
}

/** What a session's owner is told of its life so far, and of what will end it. */
export function encodeWhy({ session, end, partEnds }: Inspected) {
  const idleEnd = session.lastAccessAt + session.idleMs;
  const next =
    idleEnd < session.endsAt
      ? { reason: 'idle_timeout' as const, at: time(idleEnd) }
      : { reason: 'absolute_timeout' as const, at: time(session.endsAt) };
  return {
    ...encodeSession(session, end),
    will_end: end ? null : { ...next, text: REASONS[next.reason] },
    grants: session.grants.map((grant) => ({
      slot: grant.slot,
      client: grant.client,
      scope: grant.scope,
      binding: grant.binding.kind,
      offline: grant.offline,
      generation: grant.generation,
      created_at: time(grant.createdAt),
      renewed_at: time(grant.rotatedAt),
      ends_at: time(grant.endsAt),
      end: encodeEnd(partEnds.get(grant.slot) ?? null),
    })),
    children: session.children.map((child) => ({
      slot: child.slot,
      application: child.application,
      created_at: time(child.createdAt),
      end: encodeEnd(partEnds.get(child.slot) ?? null),
    })),
    notices: session.notices.map(encodeNotice),
    history: session.history.map((note) => ({
      what: note.what,
      about: note.about,
      count: note.count,
      first_at: time(note.firstAt),
      last_at: time(note.lastAt),
    })),
  };
}

/** The receipt of a client that is told when the session ends. */
function encodeNotice({ client, by, state, attempts, at, fault }: Notice) {
  return { client, dialect: by, state, attempts, at: time(at), fault };
}

export function encodePerson(person: Person) {
  const { subject, username, email, names, mobile, role, active } = person;
  return { subject, username, email, names, mobile, role, active };
}

export function encodeKey(key: KeyFacts) {
  const { id, purpose, algorithm, state } = key;
  return { id, purpose, algorithm, state, created_at: time(key.createdAt) };
}
