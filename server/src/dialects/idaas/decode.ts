/**
 * From requests to what they ask for. What is missing is named, in the protocol's own spelling.
 */

import type { Binding } from '../../engine/session.ts';
import { basicCredentials, formBody, jsonBody, mediaType } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { deviceBinding } from './device.ts';
import { missing, problem } from './errors.ts';

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

/** What every call of an application's server says of the device. */
export const DEVICE_MEMBERS = ['operating_sys_version', 'device_ip', 'device_fingerprint'] as const;

/** The first of these members that is missing, empty, or no text. */
export function absent(body: Members, names: readonly string[]): string | undefined {
  return names.find((name) => typeof body[name] !== 'string' || body[name] === '');
}

/** Members of the body, by name, all of which must be there and be text; or what is wrong with it. */
export function readTexts<Name extends string>(
  request: WireRequest,
  names: readonly Name[],
): Readonly<Record<Name, string>> | WireAnswer {
  const body = jsonBody(request);
  if (!body) return problem('unreadable_body');
  const name = absent(body, names);
  if (name !== undefined) return missing(name);
  return Object.fromEntries(names.map((one) => [one, body[one]])) as Record<Name, string>;
}

/** A header as its sender wrote it: bytes of UTF-8, which HTTP hands over one letter for each. */
function utf8(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8');
}
