/**
 * From requests to what they ask for. What is missing is named, in the protocol's own spelling.
 */

import type { Binding } from '../../engine/session.ts';
import { basicCredentials, formBody, jsonBody, mediaType } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { deviceBinding } from './device.ts';

export interface Missing {
  readonly missing: string;
}

export interface Device {
  readonly client: string;
  readonly binding: Binding;
}

export interface ClientCredentials {
  readonly grantType: string;
  readonly client: string;
  readonly secret: string;
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

/** What every call of the SDK says of itself; undefined when any of it is missing. */
export function deviceHeaders({ headers }: WireRequest): Device | undefined {
  if (SDK_HEADERS.some((name) => !headers[name.toLowerCase()])) return undefined;
  return {
    client: headers['x-client-id'] ?? '',
    binding: deviceBinding(utf8(headers['x-device-fingerprint'] ?? '')),
  };
}

export type Members = Readonly<Record<string, unknown>>;

const DEVICE_MEMBERS = ['operating_sys_version', 'device_ip', 'device_fingerprint'] as const;

/** @param member What the call is about, which is looked for first. */
export function deviceMembers(body: Members, member: string): { binding: Binding } | Missing {
  const missing = absent(body, [member, ...DEVICE_MEMBERS]);
  if (missing !== undefined) return { missing };
  return { binding: deviceBinding(String(body.device_fingerprint)) };
}

/** Members that must be there and be text, by name. */
export function texts<Name extends string>(
  body: Members,
  names: readonly Name[],
): Readonly<Record<Name, string>> | Missing {
  const missing = absent(body, names);
  if (missing !== undefined) return { missing };
  return Object.fromEntries(names.map((name) => [name, body[name]])) as Record<Name, string>;
}

/** A header as its sender wrote it: bytes of UTF-8, which HTTP hands over one letter for each. */
function utf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8');
}

function absent(body: Members, names: readonly string[]): string | undefined {
  return names.find((name) => typeof body[name] !== 'string' || body[name] === '');
}
