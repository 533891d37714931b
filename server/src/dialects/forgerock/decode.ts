/**
 * Reads what AM clients send: parameters, bodies, and credentials, in the spellings that they use.
 */

import { isObject, mediaType, utf8 } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { readSessionCookie } from './cookies.ts';
import { type AmError, amError, isAmError, notText, repeated } from './errors.ts';

/** Parameters by name in lower case: AM matches them in any letter case (fact sheet 1.4). */
export type Parameters = ReadonlyMap<string, readonly string[]>;

export function readParameters(request: WireRequest): Parameters {
  const parameters = new Map<string, string[]>();
  for (const [name, values] of request.query) {
    const key = name.toLowerCase();
    parameters.set(key, [...(parameters.get(key) ?? []), ...values]);
  }
  return parameters;
}

const SINGLE = [
  '_action',
  '_prettyPrint',
  '_queryFilter',
  '_queryId',
  '_queryExpression',
  'realm',
  'tokenId',
  'authIndexType',
  'authIndexValue',
];

/** What is wrong with the parameters, if anything is. */
export function parameterFault(parameters: Parameters): AmError | undefined {
  for (const name of SINGLE) {
    if ((parameters.get(name.toLowerCase())?.length ?? 0) > 1) return repeated(name);
  }
  return undefined;
}

/** The value of a parameter; undefined when it is missing or empty. */
export function parameter(parameters: Parameters, name: string): string | undefined {
  return parameters.get(name.toLowerCase())?.[0] || undefined;
}

/** The JSON pointers of `_fields`; none when all fields are wanted. */
export function readFields(parameters: Parameters): readonly string[] {
  const fields = (parameters.get('_fields') ?? []).flatMap((value) => value.split(','));
  const named = fields.map((field) => field.trim().replace(/^\//, '')).filter(Boolean);
  return named.includes('*') ? [] : named;
}

export type Body = Readonly<Record<string, unknown>>;

/**
 * The JSON body of an action. It may well be missing, or be `""` or `null` as axios writes nothing:
 * AM asks no more of it than that it be JSON. What the parser says is not repeated, as it quotes a
 * body that may hold a password.
 */
export function readBody(request: WireRequest): { readonly body: Body } | AmError {
  const text = utf8(request.body);
  if (text?.trim() === '') return { body: {} };
  try {
    const body: unknown = JSON.parse(text ?? '');
    return { body: isObject(body) ? body : {} };
  } catch (error) {
    const isTrailing = text !== undefined && /after JSON/.test(String(error));
    return amError(
      400,
      isTrailing
        ? 'The request could not be processed because there is trailing data after the JSON content'
        : 'The request could not be processed because the provided content is not valid JSON',
    );
  }
}

/** A request to sign in. */
export interface LoginAsk {
  readonly request: WireRequest;
  readonly realm: string;
  readonly parameters: Parameters;
  readonly body: Body;
}

/** @param realm Which there is. */
export function readLoginAsk(
  request: WireRequest,
  realm: string,
  parameters: Parameters,
): LoginAsk | AmError {
  const fault = parameterFault(parameters);
  if (fault) return fault;
  if (request.body.length > 0 && !isJson(request)) return amError(415);
  const read = readBody(request);
  return isAmError(read) ? read : { request, realm, parameters, body: read.body };
}

export function isJson(request: WireRequest): boolean {
  return mediaType(request) === 'application/json';
}

export function isMultipart(request: WireRequest): boolean {
  return mediaType(request) === 'multipart/form-data';
}

/** Where a session token may stand in a request (fact sheet 3.1), each as it was sent. */
export interface TokenTexts {
  readonly cookie: string | undefined;
  readonly header: string | undefined;
  readonly query: string | undefined;
  readonly body: string | undefined;
}

export function readTokens(
  request: WireRequest,
  parameters: Parameters,
  body: Body,
  config: Config,
): TokenTexts | AmError {
  const inBody = body.tokenId ?? '';
  if (typeof inBody !== 'string') return notText('/tokenId');
  return {
    cookie: readSessionCookie(config, request),
    header: request.headers[config.cookie_name.toLowerCase()] || undefined,
    query: parameter(parameters, 'tokenId'),
    body: inBody || undefined,
  };
}

/** A header's text: Node hands out Latin-1, clients send encoded words or plain UTF-8. */
export function readHeader(request: WireRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  if (value === undefined) return undefined;
  return decodeWords(utf8(Buffer.from(value, 'latin1')) ?? value);
}

/** RFC 2047, section 2. */
const ENCODED_WORD = /^=\?([\w.:-]+)(?:\*[\w-]+)?\?([bq])\?([^?]*)\?=$/i;

/** Decodes encoded words; the white space between two of them goes (RFC 2047, section 6.2). */
function decodeWords(value: string): string {
  let text = '';
  let space = '';
  let isAfterWord = false;
  for (const piece of value.split(/(\s+)/)) {
    if (/^\s+$/.test(piece)) {
      space = piece;
      continue;
    }
    const word = decodeWord(piece);
    if (word === undefined || !isAfterWord) text += space;
    text += word ?? piece;
    isAfterWord = word !== undefined;
    space = '';
  }
  return text + space;
}

function decodeWord(piece: string): string | undefined {
  const [, charset, encoding, encoded] = ENCODED_WORD.exec(piece) ?? [];
  if (charset === undefined || encoded === undefined) return undefined;
  const bytes = encoding?.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64') : quoted(encoded);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return undefined; // a charset that nobody knows
  }
}

function quoted(encoded: string): Buffer {
  const spaced = encoded.replaceAll('_', ' ');
  const text = spaced.replace(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(text, 'latin1');
}
