/**
 * `POST .../authenticate`: what surrounds a sign-in, in versions 1 and 2 of the endpoint (fact sheet
 * 2). It is older than CREST and has rules of its own: no actions, and 415 for other content types.
 */

import type { Route, WireAnswer } from '../../dialect.ts';
import type { Versions } from '../api-version.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { readLoginAsk, readParameters } from '../decode.ts';
import { HEADERS, type View, write, writeError } from '../encode.ts';
import { type AmError, isAmError } from '../errors.ts';
import { login } from '../login.ts';
import { enter, viewOf } from '../resource.ts';

const VERSIONS: Versions = [
  { major: 1, minor: 2 },
  { major: 2, minor: 1 },
];

const AUTHENTICATE_HEADERS = { ...HEADERS, 'Content-Type': 'application/json' } as const;

export function createAuthenticate(context: Context): Route['handle'] {
  return async (request) => {
    const parameters = readParameters(request);
    const entry = enter(context, request, VERSIONS);
    const view = viewOf(context, request, parameters, entry, 'chf');
    if (isAmError(entry)) return writeError(entry, view, AUTHENTICATE_HEADERS);
    const ask = readLoginAsk(request, entry.realm, parameters);
    const reply = isAmError(ask) ? ask : await login(context, ask);
    if (isAmError(reply)) {
      const error = withFailureUrl(context.config, reply);
      return entry.version.major === 1
        ? writeOldError(error, view)
        : writeError(error, view, AUTHENTICATE_HEADERS);
    }
    return write(200, reply.body, view, { ...AUTHENTICATE_HEADERS, ...reply.headers });
  };
}

function withFailureUrl({ failure_url }: Config, error: AmError): AmError {
  if (failure_url === undefined || error.code !== 401) return error;
  return { ...error, detail: { ...error.detail, failureUrl: failure_url } };
}

/** As version 1 has it. */
function writeOldError({ code, message, detail }: AmError, view: View): WireAnswer {
  const { failureUrl } = detail ?? {};
  const body = { errorMessage: message, ...(failureUrl !== undefined && { failureUrl }) };
  return write(code, body, view, AUTHENTICATE_HEADERS);
}
