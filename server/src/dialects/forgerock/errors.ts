/**
 * How AM says no: `{code, reason, message}`, with a fixed reason for each code (fact sheet 1.5).
 */

import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Rejection, WireRequest } from '../dialect.ts';
import { type RealmFault, type RealmNames, splitRealmPath } from '../realm-paths.ts';
import type { Config } from './config.ts';

export interface AmError {
  readonly code: number;
  readonly message: string;
  readonly detail?: Readonly<Record<string, string>>;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Time-out'],
  [409, 'Conflict'],
  [412, 'Precondition Failed'],
  [413, 'Request Entity Too Large'],
  [415, 'Unsupported Media Type'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
]);

/** The message falls back to the reason. */
export function amError(code: number, message = reasonOf(code)): AmError {
  return { code, message };
}

export function reasonOf(code: number): string {
  return REASONS.get(code) ?? 'Resource Exception';
}

export function isAmError(outcome: object): outcome is AmError {
  return 'code' in outcome;
}

/** No token, or one that is not good (3.1). */
export const ACCESS_DENIED = amError(401, 'Access Denied');

/** What a journey says when it fails, whatever the cause (2.4). */
export const LOGIN_FAILURE = amError(401, 'Login failure');

export const FORBIDDEN = amError(403);

/** The text of AM's own resources for what they do not do. */
export const NOT_SUPPORTED = amError(501, 'Operation is not supported.');

/** A member of the body that is no text where one belongs, in the words of CREST. */
export function notText(pointer: string): AmError {
  return amError(400, `${pointer}: Expecting a String`);
}

/** A parameter that can only be once (1.4). */
export function repeated(parameter: string): AmError {
  return amError(
    400,
    `Multiple values provided for the single-valued request parameter '${parameter}'`,
  );
}

export function noSuchAction(name: string): AmError {
  return amError(501, `Action ${name} not implemented for this resource`);
}

/** The engine's refusals of a session token. */
const REFUSALS = {
  unknown_token: ACCESS_DENIED,
  session_ended: ACCESS_DENIED,
  grant_ended: ACCESS_DENIED,
  child_ended: ACCESS_DENIED,
  token_replayed: ACCESS_DENIED,
  ticket_spent: ACCESS_DENIED,
  ticket_expired: ACCESS_DENIED,
  ticket_mismatch: ACCESS_DENIED,
  wrong_client: FORBIDDEN,
  wrong_binding: FORBIDDEN,
  scope_exceeded: FORBIDDEN,
  epoch_moved: LOGIN_FAILURE,
  name_taken: amError(503),
  quota_reached: amError(401, 'You have reached your session limit.'),
  limit_reached: amError(401, 'You have reached your session limit.'),
} satisfies Record<RefusalCode, AmError>;

const REJECTIONS = {
  no_such_path: ({ path }, names, config) => noSuchPath(path, names, config),
  method_not_allowed: () => amError(405),
  body_too_large: () => amError(413),
  headers_too_large: () => amError(431),
  malformed_request: () => amError(400),
  timed_out: () => amError(408),
  unavailable: () => amError(503),
  internal_error: () => amError(500),
} satisfies Record<Rejection, (request: WireRequest, names: RealmNames, config: Config) => AmError>;

export function refused(refusal: Refusal): AmError {
  return REFUSALS[refusal.refused];
}

export function rejected(
  rejection: Rejection,
  request: WireRequest,
  names: RealmNames,
  config: Config,
): AmError {
  return REJECTIONS[rejection](request, names, config);
}

/** Why a request means no realm that there is (1.1). */
export function realmError(fault: RealmFault, config: Config, path: string): AmError {
  if (fault.fault === 'unknown_realm') return amError(404, `Realm "${fault.name}" not found`);
  if (fault.fault === 'invalid_parameter') return amError(400, `Invalid realm, ${fault.value}`);
  return noSuchResource(behindPrefix(path, config));
}

/** Depends on how far AM's router gets: it looks for the realm, then for the resource in it. */
function noSuchPath(path: string, names: RealmNames, config: Config): AmError {
  const found = splitRealmPath(behindPrefix(path, config), names);
  return 'fault' in found ? realmError(found, config, path) : noSuchResource(found.rest);
}

function noSuchResource(rest: string): AmError {
  return amError(404, `Resource '${rest.replace(/\/+$/, '')}' not found`);
}

function behindPrefix(path: string, { context_path }: Config): string {
  return path.slice(`${context_path}/json`.length).replace(/^\/+/, '');
}
