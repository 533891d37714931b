/**
 * What AM does to every request and answer under /json, whatever the resource: its "common REST",
 * CREST (fact sheet 1).
 */

import { cookie } from '../cookies.ts';
import type { Method, Route, WireAnswer, WireRequest } from '../dialect.ts';
import { readRealm, realmNames } from '../realm-paths.ts';
import { isAtLeast, negotiate, type Version, type Versions, written } from './api-version.ts';
import type { Context } from './context.ts';
import {
  type Body,
  isJson,
  isMultipart,
  type Parameters,
  parameter,
  parameterFault,
  readBody,
  readFields,
  readParameters,
} from './decode.ts';
import { type View, writeAction, writeError, writeQuery, writeRead } from './encode.ts';
import {
  type AmError,
  amError,
  FORBIDDEN,
  isAmError,
  NOT_SUPPORTED,
  realmError,
} from './errors.ts';
import { QUERIES } from './query-parameters.ts';

export type Kind = 'action' | 'query' | 'read';

/** A request that has passed what all resources have in common. */
export interface Call {
  readonly kind: Kind;
  /** The action as it was sent; empty for a query or a read. */
  readonly name: string;
  readonly request: WireRequest;
  /** A realm that there is. */
  readonly realm: string;
  /** Of the resource. */
  readonly version: Version;
  readonly parameters: Parameters;
  /** Of the path, such as `tokenId` of `/sessions/:tokenId`. */
  readonly params: Readonly<Record<string, string>>;
  /** Empty unless the body was a JSON object. */
  readonly body: Body;
}

export interface Reply {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: WireAnswer['headers'];
}

type Handle = (call: Call) => Promise<Reply | AmError>;

/** A resource without one of the three answers 501 to it. */
export interface Resource {
  readonly versions: Versions;
  /** `POST ?_action=`. */
  readonly action?: Handle;
  /** `GET` with `_queryFilter`, `_queryId` or `_queryExpression`; `_fields` is applied to each result. */
  readonly query?: Handle;
  /** Any other `GET`; `_fields` is applied, and `_rev` becomes the ETag. */
  readonly read?: Handle;
}

/** All of them: CREST has something to say to each. */
export const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What CREST refuses whatever is asked, by request header. */
const UNSUPPORTED: readonly (readonly [header: string, code: number, text: string])[] = [
  ['If-Modified-Since', 409, 'Header If-Modified-Since not supported'],
  ['If-Unmodified-Since', 409, 'Header If-Unmodified-Since not supported'],
  ['If-Match', 412, 'If-Match not supported for'],
  ['If-None-Match', 412, 'If-None-Match not supported for'],
];

export function serve(context: Context, resource: Resource): Route['handle'] {
  return async (request) => {
    const parameters = readParameters(request);
    const entry = enter(context, request, resource.versions);
    const view = viewOf(context, request, parameters, entry, 'CREST');
    if (isAmError(entry)) return writeError(entry, view);
    const call = readCall(resource, request, parameters, entry);
    if (isAmError(call)) return writeError(call, view);
    const { kind } = call;
    const reply = (await resource[kind]?.(call)) ?? NOT_SUPPORTED;
    if (isAmError(reply)) return writeError(reply, view);
    return WRITERS[kind](reply.body, view, reply.headers);
  };
}

const WRITERS = { action: writeAction, query: writeQuery, read: writeRead } as const;

/** What is settled before anything else is looked at. */
export interface Entry {
  readonly realm: string;
  readonly version: Version;
  readonly protocol: Version;
  readonly isVersionAsked: boolean;
}

export function enter(context: Context, request: WireRequest, versions: Versions): Entry | AmError {
  const { config } = context;
  if (isForgeable(config.cookie_name, request)) return FORBIDDEN;
  const found = readRealm(request, realmNames(context));
  if ('fault' in found) return realmError(found, config, request.path);
  const header = request.headers['accept-api-version'];
  const negotiated = negotiate(header, versions, config.default_version);
  if (isAmError(negotiated)) return negotiated;
  const { isAsked, ...versioned } = negotiated;
  return { ...found, ...versioned, isVersionAsked: isAsked };
}

/** @param agent Who warns when no version was asked for. */
export function viewOf(
  { config }: Context,
  request: WireRequest,
  parameters: Parameters,
  entry: Entry | AmError,
  agent: 'CREST' | 'chf',
): View {
  const isWarned = !isAmError(entry) && !entry.isVersionAsked && config.warning_header;
  return {
    headers: {
      ...(isAmError(entry) ? {} : { 'Content-API-Version': `resource=${written(entry.version)}` }),
      ...(isWarned && {
        Warning: `100 ${agent} "Accept-API-Version should be included in the request."`,
      }),
      ...transactionHeader(request),
    },
    prettyPrint: parameter(parameters, '_prettyPrint')?.toLowerCase() === 'true',
    fields: readFields(parameters),
  };
}

/** The client's own name for what it does, echoed so that it finds the answer in its logs. */
export function transactionHeader({ headers }: WireRequest): Readonly<Record<string, string>> {
  const id = headers['x-forgerock-transactionid'];
  return id !== undefined && /^[\x21-\x7e]{1,255}$/.test(id)
    ? { 'X-ForgeRock-TransactionId': id }
    : {};
}

function readCall(
  resource: Resource,
  request: WireRequest,
  parameters: Parameters,
  { realm, version, protocol }: Entry,
): Call | AmError {
  const method = methodOf(request);
  const fault = parameterFault(parameters) ?? headerFault(request, method);
  if (fault) return fault;
  const asked = readKind(method, parameters, protocol);
  if (isAmError(asked)) return asked;
  if (!resource[asked.kind]) return NOT_SUPPORTED;
  const { params } = request;
  const call = { ...asked, request, realm, version, parameters, params };
  if (asked.kind !== 'action') return { ...call, body: {} };
  const read = isMultipart(request) ? { body: {} } : readBody(request);
  return isAmError(read) ? read : { ...call, body: read.body };
}

/** HEAD is GET without the body (RFC 9110, section 9.3.2). */
function methodOf({ method, headers }: WireRequest): string {
  const meant = (method === 'POST' ? headers['x-http-method-override'] : undefined) ?? method;
  return meant === 'HEAD' ? 'GET' : meant;
}

function headerFault(request: WireRequest, method: string): AmError | undefined {
  const type = request.headers['content-type'];
  if (type !== undefined && method !== 'GET' && !isJson(request) && !isMultipart(request)) {
    return amError(
      400,
      `The request could not be processed because it specified the content-type '${type}' when ` +
        "only the content-type 'application/json' and 'multipart/form-data' are supported",
    );
  }
  const found = UNSUPPORTED.find(([name]) => request.headers[name.toLowerCase()] !== undefined);
  if (!found) return undefined;
  const [, code, text] = found;
  return amError(code, code === 412 ? `${text} ${method} requests` : text);
}

function readKind(
  method: string,
  parameters: Parameters,
  protocol: Version,
): Pick<Call, 'kind' | 'name'> | AmError {
  if (method === 'GET') {
    const isQuery = QUERIES.some((name) => parameters.has(name.toLowerCase()));
    return { kind: isQuery ? 'query' : 'read', name: '' };
  }
  if (['PUT', 'PATCH', 'DELETE'].includes(method)) return NOT_SUPPORTED;
  if (method !== 'POST') return amError(501, `Method ${method} not supported`);
  const name = parameter(parameters, '_action');
  if (name === undefined && !isAtLeast(protocol, 2, 1)) {
    return amError(400, "No values provided for the request parameter '_action'");
  }
  // Without an action a POST creates, since protocol 2.1: nothing here is made like that.
  if (name === undefined || name.toLowerCase() === 'create') return NOT_SUPPORTED;
  return { kind: 'action', name };
}

/** Whether another site could have made a browser send this: the CSRF filter of AM 7 (1.3). */
function isForgeable(cookieName: string, request: WireRequest): boolean {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') return false;
  // Any of that name: an empty one before it is not the one that counts.
  if (!cookie(request, cookieName, (value) => value !== '')) return false;
  return headers['x-requested-with'] === undefined && headers['accept-api-version'] === undefined;
}
