/**
 * Writes what AM sends: bodies with their members in AM's order, and the headers around them.
 */

import type { Session } from '../../engine/session.ts';
import { isObject } from '../answers.ts';
import type { WireAnswer } from '../dialect.ts';
import { type AmError, reasonOf } from './errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What every answer has, as captured from AM 8.0.1 (fact sheet 1.6). */
export const HEADERS = {
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Expires: '0',
  Pragma: 'no-cache',
} as const;

/** What the answer of a resource has. */
const RESOURCE_HEADERS = {
  ...HEADERS,
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none';sandbox",
  'Content-Type': 'application/json;charset=UTF-8',
} as const;

const READ_HEADERS = { ...RESOURCE_HEADERS, 'Cache-Control': 'no-store' } as const;

/** A person as a distinguished name. */
export function universalId({ subject, realm }: Pick<Session, 'subject' | 'realm'>): string {
  return `id=${dnValue(subject)},ou=user,o=${realm},ou=services,ou=am-config`;
}

export function realmPath(realm: string): string {
  return `/${realm}`;
}

/** A value in a distinguished name (RFC 4514, section 2.4). */
function dnValue(value: string): string {
  return value.replace(/[,+"\\<>;=]|^#/g, '\\$&');
}

/** How an answer is to be written. */
export interface View {
  /** Beside those that every answer of its sort has. */
  readonly headers: WireAnswer['headers'];
  readonly prettyPrint: boolean;
  /** JSON pointers without the first slash; none for all. */
  readonly fields: readonly string[];
}

/** Whole: `_fields` is for what is read (fact sheet 1.4). */
export function writeAction(body: Json, view: View, more: WireAnswer['headers'] = {}): WireAnswer {
  return write(200, body, view, { ...RESOURCE_HEADERS, ...more });
}

export function writeRead(body: Json, view: View, more: WireAnswer['headers'] = {}): WireAnswer {
  const { _rev } = body;
  const headers = { ...READ_HEADERS, ...(typeof _rev === 'string' && { ETag: `"${_rev}"` }) };
  return write(200, chosen(body, view), view, { ...headers, ...more });
}

export function writeQuery(body: Json, view: View, more: WireAnswer['headers'] = {}): WireAnswer {
  const results = Array.isArray(body.result) ? body.result : [];
  const result = results.map((one) => (isObject(one) ? chosen(one, view) : one));
  return write(200, { ...body, result }, view, { ...READ_HEADERS, ...more });
}

function chosen(body: Json, { fields }: View): Json {
  return fields.length === 0 ? body : pick(body, fields);
}

export function writeError(
  error: AmError,
  view: View,
  base: WireAnswer['headers'] = RESOURCE_HEADERS,
): WireAnswer {
  const { code, message, detail } = error;
  const headers = code === 503 ? { ...base, 'Retry-After': '1' } : base;
  const body = { code, reason: reasonOf(code), message, ...(detail && { detail }) };
  return write(code, body, view, headers);
}

/** The headers of `view` come last, as in AM. */
export function write(
  status: number,
  body: Json,
  view: View,
  headers: WireAnswer['headers'],
): WireAnswer {
  const text = view.prettyPrint ? pretty(body) : JSON.stringify(body);
  return { status, headers: { ...headers, ...view.headers }, body: text };
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
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]';
    return `[ ${value.map((one) => pretty(one, indent)).join(', ')} ]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{ }';
  const deeper = `${indent}  `;
  const lines = entries.map(
    ([name, member]) => `${deeper}${JSON.stringify(name)} : ${pretty(member, deeper)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
