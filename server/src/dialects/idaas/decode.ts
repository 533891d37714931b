/**
 * From requests to what they ask for. What is missing is named, in the protocol's own spelling.
 */

import type { Binding } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import { basicCredentials, formBody, jsonBody, mediaType } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { deviceBinding } from './device.ts';
import { SESSION_TOKEN } from './shape.ts';

export interface Missing {
  readonly missing: string;
}

export interface ClientCredentials {
  readonly grantType: string;
  readonly client: string;
  readonly secret: string;
}

/** What every call of the SDK says of itself. */
export interface Device {
  readonly client: string;
  readonly binding: Binding;
}

export interface RefreshAsk {
  /** Undefined for text that is no session token. */
  readonly token: Token | undefined;
  readonly binding: Binding;
}

/**
 * Query and body together, and HTTP Basic where they name no client. Undefined when a parameter is
 * missing, is no text, or comes twice (RFC 6749, section 3.2).
 */
export function clientCredentials(request: WireRequest): ClientCredentials | undefined {
  const body = bodyParameters(request);
  const one = (name: string) => {
    const values = [...(request.query.get(name) ?? []), ...body(name)];
    return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
  };
  const isNamed = request.query.has('client_id') || body('client_id').length > 0;
  const basic = isNamed ? undefined : basicCredentials(request);
  const grantType = one('grant_type');
  const client = basic?.user ?? one('client_id');
  const secret = basic?.password ?? one('client_secret');
  if (grantType === undefined || client === undefined || secret === undefined) return undefined;
  return { grantType, client, secret };
}

function bodyParameters(request: WireRequest): (name: string) => readonly unknown[] {
  if (mediaType(request) === 'application/json') {
    const members = new Map(Object.entries(jsonBody(request) ?? {}));
    return (name) => (members.has(name) ? [members.get(name)] : []);
  }
  const fields = formBody(request);
  return (name) => fields.get(name) ?? [];
}

const SDK_HEADERS = [
  'X-operating-sys-version',
  'X-device-fingerprint',
  'X-agent',
  'X-client-id',
] as const;

export function deviceOf({ headers }: WireRequest): Device | Missing {
  const absent = SDK_HEADERS.find((name) => !headers[name.toLowerCase()]);
  if (absent !== undefined) return { missing: absent };
  return {
    client: headers['x-client-id'] ?? '',
    binding: deviceBinding(utf8(headers['x-device-fingerprint'] ?? '')),
  };
}

type Members = Readonly<Record<string, unknown>>;

export function passwordOf(body: Members): { user: string; password: string } | Missing {
  const { user_name: user, password } = body;
  if (!isText(user)) return { missing: 'user_name' };
  if (!isText(password)) return { missing: 'password' };
  return { user, password };
}

const REFRESH_MEMBERS = [
  'session_token',
  'operating_sys_version',
  'device_ip',
  'device_fingerprint',
] as const;

export function refreshOf(body: Members): RefreshAsk | Missing {
  const absent = REFRESH_MEMBERS.find((name) => !isText(body[name]));
  if (absent !== undefined) return { missing: absent };
  return {
    token: SESSION_TOKEN.read(String(body.session_token)),
    binding: deviceBinding(String(body.device_fingerprint)),
  };
}

/** A header as its sender wrote it: bytes of UTF-8, which HTTP hands over one letter for each. */
function utf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
