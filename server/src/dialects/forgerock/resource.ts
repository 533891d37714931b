/**
 * What AM does to every request and answer under /json, whatever the resource (fact sheet 1).
 */

import { cookie } from '../cookies.ts';
import type { Route, WireAnswer, WireRequest } from '../dialect.ts';
import { negotiate, type Version, written } from './api-version.ts';
import type { Context } from './context.ts';
import {
  type Body,
  faultOf,
  type Parameters,
  parameter,
  readBody,
  readFields,
  readParameters,
} from './decode.ts';
import { type View, writeAnswer, writeError } from './encode.ts';
import { type AmError, amError, FORBIDDEN, isAmError } from './errors.ts';

/** A request that has passed what all resources have in common. */
export interface Call {
  readonly request: WireRequest;
  readonly realm: string;
  readonly version: Version;
  readonly parameters: Parameters;
  readonly body: Body;
}

export interface Reply {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: WireAnswer['headers'];
}

export interface Resource {
  /** In rising order. */
  readonly versions: readonly [Version, ...Version[]];
  /** Who warns when no version was asked for. */
  readonly warningAgent: 'CREST' | 'chf';
  readonly headers: WireAnswer['headers'];
  /** Why a content type will not do; undefined when it will. */
  readonly typeFault: (request: WireRequest) => AmError | undefined;
  readonly handle: (call: Call) => Promise<Reply | AmError>;
}

/** What every answer has, as captured from AM 8.0.1 (1.6). */
export const HEADERS = {
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Expires: '0',
  Pragma: 'no-cache',
} as const;

/** What the answer to an action has. */
export const ACTION_HEADERS = {
  ...HEADERS,
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none';sandbox",
  'Content-Type': 'application/json;charset=UTF-8',
} as const;

export function serve(context: Context, resource: Resource): Route['handle'] {
  return async (request) => {
    const parameters = readParameters(request);
    const negotiated = negotiate(request.headers['accept-api-version'], resource.versions);
    const view: View = {
      headers: {
        ...resource.headers,
        ...(isAmError(negotiated) ? {} : versionHeaders(resource, negotiated)),
      },
      prettyPrint: parameter(parameters, '_prettyPrint')?.toLowerCase() === 'true',
      fields: readFields(parameters),
    };
    const call = readCall(context, resource, request, parameters);
    if (isAmError(call)) return writeError(call, view);
    if (isAmError(negotiated)) return writeError(negotiated, view);
    const reply = await resource.handle({ ...call, version: negotiated.version });
    if (isAmError(reply)) return writeError(reply, view);
    return writeAnswer(reply.body, view, reply.headers ?? {});
  };
}

function versionHeaders(
  { warningAgent }: Resource,
  { version, isAsked }: { version: Version; isAsked: boolean },
): WireAnswer['headers'] {
  const served = { 'Content-API-Version': `resource=${written(version)}` };
  if (isAsked) return served;
  const advice = '"Accept-API-Version should be included in the request."';
  return { ...served, Warning: `100 ${warningAgent} ${advice}` };
}

function readCall(
  context: Context,
  resource: Resource,
  request: WireRequest,
  parameters: Parameters,
): Omit<Call, 'version'> | AmError {
  const realm = request.params.realm ?? '';
  if (isForgeable(context.config.cookie_name, request)) return FORBIDDEN;
  if (!context.services.sessions.realms.has(realm)) {
    return amError(404, `Realm "${realm}" not found`);
  }
  const fault = faultOf(parameters) ?? resource.typeFault(request);
  if (fault) return fault;
  const read = readBody(request);
  return isAmError(read) ? read : { request, realm, parameters, body: read.body };
}

/** Whether another site could have made a browser send this: the CSRF filter of AM 7 (1.3). */
function isForgeable(cookieName: string, request: WireRequest): boolean {
  const { headers } = request;
  if (!cookie(request, cookieName)) return false;
  return headers['x-requested-with'] === undefined && headers['accept-api-version'] === undefined;
}
