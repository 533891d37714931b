/**
 * Small pieces that every dialect needs to read a request and write an answer.
 */

import type { WireAnswer, WireRequest } from './dialect.ts';

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: WireAnswer['headers'] = {},
): WireAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The first value of a query parameter; undefined when there is none. */
export function queryValue(request: WireRequest, name: string): string | undefined {
  return request.query.get(name)?.[0];
}

/** A moment in UTC to the second, such as `2026-03-01T12:00:00Z` (RFC 3339). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The type and subtype of the body, in lower case and without parameters. */
export function mediaType(request: WireRequest): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() || undefined;
}

/** The credentials of an `Authorization` header of that scheme (RFC 9110, section 11.4). */
export function authorization(request: WireRequest, scheme: string): string | undefined {
  const match = /^\s*([A-Za-z]+) +(\S+)\s*$/.exec(request.headers.authorization ?? '');
  return match?.[1]?.toLowerCase() === scheme.toLowerCase() ? match[2] : undefined;
}

/** User and password of an `Authorization: Basic` header (RFC 7617). */
export function basicCredentials(
  request: WireRequest,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = authorization(request, 'basic');
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // No charset was ever agreed on (RFC 7617, section 3): some clients write Latin-1.
  const text = utf8(bytes) ?? bytes.toString('latin1');
  const at = text.indexOf(':');
  return at < 0 ? undefined : { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** A JSON object in the body; undefined for anything else. An empty body is an empty object. */
export function jsonBody(request: WireRequest): Readonly<Record<string, unknown>> | undefined {
  if (request.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(utf8(request.body) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every value of every field of a form (`application/x-www-form-urlencoded`), in order. */
export function formBody(request: WireRequest): ReadonlyMap<string, readonly string[]> {
  // Editors and .http files leave a line end behind the last value.
  return multiMap(new URLSearchParams(request.body.toString('utf8').replace(/[\r\n]+$/, '')));
}

export function multiMap(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = map.get(name);
    if (values) values.push(value);
    else map.set(name, [value]);
  }
  return map;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bytes as text; undefined when they are not UTF-8. */
export function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
