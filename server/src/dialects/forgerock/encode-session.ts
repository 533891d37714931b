/**
 * Writes sessions as AM does, with their members in AM's order: times in seconds, limits in minutes.
 */

import type { Ms, Session } from '../../engine/session.ts';
import { timestamp } from '../answers.ts';
import type { Config } from './config.ts';
import { type Json, realmPath, universalId } from './encode.ts';
import { handleOf } from './handles.ts';
import { returnedProperties } from './properties.ts';

/** What `refresh` says (fact sheet 3.3). */
export function refreshBody(session: Session, now: Ms): Json {
  return {
    uid: session.subject,
    realm: realmPath(session.realm),
    idletime: idleTime(session, now),
    maxidletime: maxIdleTime(session),
    maxsessiontime: maxSessionTime(session),
    maxtime: timeLeft(session, now),
  };
}

/** What `getSessionInfo` says (3.4). Until version 3 it named the handle as well (3.2). */
export function sessionInfoBody(session: Session, config: Config, major: number): Json {
  return {
    ...identity(session),
    ...(major < 3 && { sessionHandle: handleOf(session) }),
    latestAccessTime: timestamp(session.lastAccessAt),
    ...ends(session),
    properties: returnedProperties(session, config),
  };
}

/** One result of a query (3.5): its time of access has milliseconds. */
export function sessionResult(session: Session): Json {
  return {
    ...identity(session),
    sessionHandle: handleOf(session),
    latestAccessTime: new Date(session.lastAccessAt).toISOString(),
    ...ends(session),
  };
}

/** One result of a query by id, version 1 (3.5): what is left in minutes. */
export function legacyResult(session: Session, now: Ms): Json {
  return { userid: session.subject, timeleft: Math.floor(timeLeft(session, now) / 60) };
}

/** What `validate` says; the session's own name is in it since version 3. */
export function validBody({ id, subject, realm }: Session, major: number): Json {
  return {
    valid: true,
    ...(major >= 3 && { sessionUid: id }),
    uid: subject,
    realm: realmPath(realm),
  };
}

/** Seconds since the last access. */
export function idleTime({ lastAccessAt }: Session, now: Ms): number {
  return seconds(now - lastAccessAt);
}

/** Seconds until the absolute end. */
export function timeLeft({ endsAt }: Session, now: Ms): number {
  return seconds(endsAt - now);
}

/** Minutes. */
export function maxIdleTime({ idleMs }: Session): number {
  return minutes(idleMs);
}

/** Minutes. */
export function maxSessionTime({ endsAt, createdAt }: Session): number {
  return minutes(endsAt - createdAt);
}

function identity(session: Session): Json {
  return {
    username: session.subject,
    universalId: universalId(session),
    realm: realmPath(session.realm),
  };
}

function ends({ lastAccessAt, idleMs, endsAt }: Session): Json {
  return {
    maxIdleExpirationTime: timestamp(lastAccessAt + idleMs),
    maxSessionExpirationTime: timestamp(endsAt),
  };
}

function seconds(ms: Ms): number {
  return Math.max(0, Math.floor(ms / 1000));
}

function minutes(ms: Ms): number {
  return Math.floor(ms / 60_000);
}
