/**
 * `POST .../sessions?_action=`: finds the session that is meant, and hands it to the action.
 */

import type { Route } from '../../dialect.ts';
import { readAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { isJson, parameter } from '../decode.ts';
import { type AmError, amError, isAmError, refused } from '../errors.ts';
import { ACTION_HEADERS, type Call, type Reply, serve } from '../resource.ts';
import type { Action } from './action.ts';
import { getSessionInfo } from './get-session-info.ts';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';

/** By name in lower case: AM matches them in any letter case. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['refresh', refresh],
  ['getsessioninfo', getSessionInfo],
  ['logout', logout],
]);

export function createSessions(context: Context): Route['handle'] {
  return serve(context, {
    versions: [
      { major: 1, minor: 2 },
      { major: 2, minor: 1 },
      { major: 3, minor: 1 },
      { major: 4, minor: 0 },
      { major: 5, minor: 1 },
    ],
    warningAgent: 'CREST',
    headers: ACTION_HEADERS,
    typeFault(request) {
      const type = request.headers['content-type'];
      if (type === undefined || isJson(request)) return undefined;
      return amError(
        400,
        `The request could not be processed because it specified the content-type '${type}' when ` +
          "only the content-type 'application/json' and 'multipart/form-data' are supported",
      );
    },
    handle: (call) => act(context, call),
  });
}

async function act(context: Context, call: Call): Promise<Reply | AmError> {
  const access = await readAccess(context, call);
  if (isAmError(access)) return access;
  const name = parameter(call.parameters, '_action');
  if (name === undefined) return amError(501); // that would create a session
  const action = ACTIONS.get(name.toLowerCase());
  if (!action || action.since > call.version.major) {
    return amError(501, `Action ${name} not implemented for this resource`);
  }
  const { target } = access;
  if (!target) return { body: action.gone };
  const reply = await action.run(context, call, { ...access, target });
  if (!('refused' in reply)) return reply;
  return access.isCaller ? refused(reply) : { body: action.gone };
}
