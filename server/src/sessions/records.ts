/**
 * Records as rows: the keys, index entries and text under which the store keeps what the engine
 * decides on.
 */

import { hash } from 'node:crypto';
import { assert } from '../engine/assert.ts';
import type { Change } from '../engine/decision.ts';
import type { Ms, Session, SessionId, Subject } from '../engine/session.ts';
import { ABSENT, type IndexEntry, type Row, type Write } from '../stores/store.ts';

/**
 * The form of the text, and of where rows stand in the indexes. Each form reads those before it, and
 * `upgrade.ts` brings their rows to it.
 */
export const FORM = 2;

/** No record is longer. The limits of the policy keep it far below. */
const RECORD_LENGTH_MAX = 256 * 1024;

const SESSION_PREFIX = 'session/';
const SUBJECT_PREFIX = 'subject/';
const BRIEF_PREFIX = 'brief/';

export function sessionKey(id: SessionId): string {
  return SESSION_PREFIX + id;
}

export function subjectKey(realm: string, subject: string): string {
  return `${SUBJECT_PREFIX}${segment(realm)}/${segment(subject)}`;
}

/** The row of a value that is good once, or waits; the value itself is hashed. */
export function briefKey(purpose: string, value: string): string {
  return `${BRIEF_PREFIX}${segment(purpose)}/${hash('sha256', value, 'base64url')}`;
}

/** What a row that has come due is about. */
export function readKey(
  key: string,
): { session: SessionId } | { realm: string; subject: string } | 'brief' {
  if (key.startsWith(SESSION_PREFIX)) return { session: key.slice(SESSION_PREFIX.length) };
  if (key.startsWith(BRIEF_PREFIX)) return 'brief';
  const [realm, subject] = key.slice(SUBJECT_PREFIX.length).split('/');
  assert(key.startsWith(SUBJECT_PREFIX) && subject !== undefined, `the key ${key} is no record's`);
  return { realm: decodeURIComponent(realm ?? ''), subject: decodeURIComponent(subject) };
}

/** The subject index keeps the sessions that have ended apart, so that they cost the others nothing. */
export type Standing = 'live' | 'over';

/** Where sessions stand in the subject index: of a person, oldest first, or of a realm, by person. */
export function subjectRange(
  standing: Standing,
  realm: string,
  subject: string | null,
): { from: string; to: string } {
  const whose = subject === null ? '' : `${segment(subject)}/`;
  const from = `${standing}/${segment(realm)}/${whose}`;
  return { from, to: `${from}~` };
}

/** Which of the two ranges an entry of the subject index stands in. */
export function standingOf(entry: IndexEntry): Standing {
  return entry.at.startsWith('live/') ? 'live' : 'over';
}

/** A moment's place in the due index; of a moment that never comes, the last. */
export function dueAt(ms: Ms): string {
  assert(!Number.isNaN(ms), 'a moment is a number');
  return String(Math.min(LAST_MS, Math.max(0, Math.ceil(ms)))).padStart(15, '0');
}

/** With 15 digits, so that text sorts as numbers do. */
const LAST_MS = 999_999_999_999_999;

export function decodeSession(row: Row): Session {
  const { form, record } = decode<Session>(row);
  return form === FORM ? record : fromForm1(record);
}

export function decodeSubject(row: Row): Subject {
  return decode<Subject>(row).record;
}

/** Whether a row was written by an earlier version. */
export function isOutdated(row: Row): boolean {
  return decode(row).form < FORM;
}

function decode<Decoded>(row: Row): { readonly form: number; readonly record: Decoded } {
  const { form, ...record } = JSON.parse(row.value) as Decoded & { form: number };
  assert(form >= 1 && form <= FORM, `row ${row.key} has form ${form}, this version reads ${FORM}`);
  return { form, record: record as Decoded };
}

/** Form 1 began without notices, methods, grants' own rules, and renewals without a successor. */
function fromForm1(session: Session): Session {
  const { notices = [], methods = [], grants } = session as Partial<Session> & Session;
  const renewed = grants.map((grant) => ({
    ...grant,
    renewedAt: grant.renewedAt ?? grant.rotatedAt,
    retryCapMs: grant.retryCapMs ?? null,
    replayEndsSession: grant.replayEndsSession ?? null,
  }));
  return { ...session, grants: renewed, notices, methods };
}

/** The write that carries out a change, held to the row being as it was read. */
export function writeOf(change: Change, rows: ReadonlyMap<string, Row>): Write {
  switch (change.type) {
    case 'put_session': {
      const { session } = change;
      const standing = session.end ? 'over' : 'live';
      const { from } = subjectRange(standing, session.realm, session.subject);
      const indexes = { subject: from + dueAt(session.createdAt), due: dueAt(session.dueAt) };
      return put(sessionKey(session.id), session, indexes, rows);
    }
    case 'put_subject': {
      const { subject } = change;
      const due = subject.ending ? dueAt(subject.ending.at) : null;
      const key = subjectKey(subject.realm, subject.subject);
      return put(key, subject, { subject: null, due }, rows);
    }
    case 'forget_session': {
      const key = sessionKey(change.id);
      return { type: 'delete', key, saw: sawVersion(key, rows) };
    }
    case 'check_subject': {
      const key = subjectKey(change.realm, change.subject);
      return { type: 'check', key, saw: sawVersion(key, rows) };
    }
  }
}

function put(
  key: string,
  record: Session | Subject,
  indexes: Row['indexes'],
  rows: ReadonlyMap<string, Row>,
): Write {
  const value = JSON.stringify({ form: FORM, ...record });
  assert(value.length <= RECORD_LENGTH_MAX, `record ${key} is longer than its limit`);
  return { type: 'put', key, saw: sawVersion(key, rows), value, indexes };
}

function sawVersion(key: string, rows: ReadonlyMap<string, Row>): number {
  return rows.get(key)?.version ?? ABSENT;
}

/** Part of a key: no separator, nothing that an index would order otherwise than by bytes. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
