/**
 * Writes what AM sends: bodies with their members in AM's order, and the headers around them.
 */

import type { Session } from '../../engine/session.ts';
import { isObject, timestamp } from '../answers.ts';
import type { WireAnswer } from '../dialect.ts';
import { type AmError, reasonOf } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** What `refresh` says (fact sheet 3.3): times in seconds, limits in minutes. */
export function refreshBody(session: Session, now: number): Json {
  return {
    uid: session.subject,
    realm: realmPath(session.realm),
    idletime: seconds(now - session.lastAccessAt),
    maxidletime: minutes(session.idleMs),
    maxsessiontime: minutes(session.endsAt - session.createdAt),
    maxtime: seconds(session.endsAt - now),
  };
}

/** What `getSessionInfo` says (3.4). */
export function sessionInfoBody(session: Session): Json {
  const { subject, realm } = session;
  return {
    username: subject,
    universalId: `id=${dnValue(subject)},ou=user,o=${realm},ou=services,ou=am-config`,
    realm: realmPath(realm),
    latestAccessTime: timestamp(session.lastAccessAt),
    maxIdleExpirationTime: timestamp(session.lastAccessAt + session.idleMs),
    maxSessionExpirationTime: timestamp(session.endsAt),
    properties: { AMCtxId: session.id },
  };
}

export function realmPath(realm: string): string {
  return `/${realm}`;
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

function minutes(ms: number): number {
  return Math.floor(ms / 60_000);
}

/** A value in a distinguished name (RFC 4514, section 2.4). */
function dnValue(value: string): string {
  return value.replace(/[,+"\\<>;=]|^#/g, '\\$&');
}

/** How an answer is to be written. */
export interface View {
  readonly headers: WireAnswer['headers'];
  readonly prettyPrint: boolean;
  /** JSON pointers without the first slash; none for all. */
  readonly fields: readonly string[];
}

export function writeAnswer(body: Json, view: View, headers: WireAnswer['headers']): WireAnswer {
  const chosen = view.fields.length === 0 ? body : pick(body, view.fields);
  return write(200, chosen, view, headers);
}

export function writeError({ code, message }: AmError, view: View): WireAnswer {
  const headers: WireAnswer['headers'] = code === 503 ? { 'Retry-After': '1' } : {};
  return write(code, { code, reason: reasonOf(code), message }, view, headers);
}

function write(status: number, body: Json, view: View, more: WireAnswer['headers']): WireAnswer {
  const text = view.prettyPrint ? pretty(body) : JSON.stringify(body);
  return { status, headers: { ...view.headers, ...more }, body: text };
}

/** The fields of a body, in the order in which they were asked for; unknown ones are left out. */
function pick(body: Json, fields: readonly string[]): Json {
  const picked = new Map<string, unknown>();
  for (const field of fields) {
    const [name = '', ...rest] = field.split('/');
    if (!Object.hasOwn(body, name)) continue;
    const value = body[name];
    if (rest.length === 0) {
      picked.set(name, value);
    } else if (isObject(value)) {
      const before = picked.get(name);
      picked.set(name, { ...(isObject(before) ? before : {}), ...pick(value, [rest.join('/')]) });
    }
  }
  return Object.fromEntries(picked);
}

/** As Jackson's default pretty printer has it, which CREST uses: `"name" : value`. */
function pretty(value: unknown, indent = ''): string {
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{ }';
  const deeper = `${indent}  `;
  const lines = entries.map(
    ([name, member]) => `${deeper}${JSON.stringify(name)} : ${pretty(member, deeper)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
