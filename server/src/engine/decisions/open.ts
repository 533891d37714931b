/**
 * Open: a person has signed in, and a session begins.
 *
 * Where the realm has a quota, the sessions that make way for it end in the same commit. Sign-ins
 * of one person then change that person's record, so that no two of them count the same sessions.
 *
 * The epoch was read before the password was checked. If all of the person's sessions have been
 * ended since, this sign-in was one of them and has to be made again.
 */

import { assert } from '../assert.ts';
import type { Open, Replies } from '../command.ts';
import { type Change, type Decision, refuse, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import type { Policy } from '../policy.ts';
import { filed, fits, withNewGrant } from '../record.ts';
import type { Ms, Session, Subject } from '../session.ts';
import { MADE_ROOM, makeWay } from './quota.ts';

export function open(
  command: Open,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['open']> {
  const subject = seen.subject ?? newSubject(command);
  assert(seen.session === null, 'the id of a new session was drawn before');
  if (subject.epoch !== command.epoch) return refuse({ refused: 'epoch_moved' });
  if (!fits(command.properties, policy)) {
    return refuse({ refused: 'limit_reached', limit: 'properties' });
  }
  const named = claimName(subject, command, policy);
  if ('refused' in named) return refuse(named);
  const way = makeWay(seen.live, now, policy);
  if ('refused' in way) return refuse(way);

  const begun = begin(command, now);
  const granted = command.grant ? withNewGrant(begun, command.grant, now, policy) : null;
  if (typeof granted === 'string') return refuse({ refused: 'limit_reached', limit: granted });
  const session = filed(granted?.session ?? begun, now, policy);
  return {
    outcome: { session, grant: granted?.grant ?? null },
    changes: [
      { type: 'put_session', session },
      ...way.map((ended) => ({ type: 'put_session', session: ended }) as const),
      policy.quota ? { type: 'put_subject', subject: named } : keepSubject(seen.subject, named),
    ],
    events: [
      ...way.map((ended) => ({ ...eventOf(ended, 'session_ended'), ...MADE_ROOM })),
      eventOf(session, 'session_opened', session.origin),
      ...(granted?.events ?? []),
    ],
  };
}

function newSubject({ realm, subject }: Open): Subject {
  return { realm, subject, epoch: 0, ending: null, named: {} };
}

/** An unchanged subject is only held to, so that sign-ins of one person do not collide. */
function keepSubject(before: Subject | null, after: Subject): Change {
  const { realm, subject } = after;
  return before === after
    ? { type: 'check_subject', realm, subject }
    : { type: 'put_subject', subject: after };
}

function claimName(subject: Subject, command: Open, policy: Policy) {
  if (!command.name) return subject;
  const { name, replaces } = command.name;
  const holder = subject.named[name] ?? null;
  if (holder !== null && holder !== replaces) {
    return { refused: 'name_taken', id: holder } as const;
  }
  if (holder === null && Object.keys(subject.named).length >= policy.limits.named) {
    return { refused: 'limit_reached', limit: 'named' } as const;
  }
  return { ...subject, named: { ...subject.named, [name]: command.id } };
}

function begin(command: Open, now: Ms): Session {
  return {
    id: command.id,
    realm: command.realm,
    subject: command.subject,
    epoch: command.epoch,
    origin: command.origin,
    createdAt: now,
    authenticatedAt: now,
    methods: command.methods,
    lastAccessAt: now,
    idleMs: command.idleMs,
    endsAt: now + command.lifeMs,
    dueAt: now,
    salt: command.salt,
    keyId: command.keyId,
    properties: command.properties,
    nextSlot: 1,
    grants: [],
    children: [],
    tickets: [],
    notices: [],
    history: [],
    end: null,
  };
}
