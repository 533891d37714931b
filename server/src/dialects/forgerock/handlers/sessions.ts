/**
 * `.../sessions`: finds the session that is meant, and hands it to the action; answers queries.
 */

import type { Route } from '../../dialect.ts';
import { readAdministrator, readCaller, readTarget } from '../caller.ts';
import type { Context } from '../context.ts';
import { type AmError, isAmError, NOT_SUPPORTED, noSuchAction, refused } from '../errors.ts';
import { type Call, type Reply, serve } from '../resource.ts';
import type { RealmAction, SessionAction } from './actions/action.ts';
import { findAction } from './actions/table.ts';
import { querySessions } from './query-sessions.ts';

export function createSessions(context: Context): Route['handle'] {
  return serve(context, {
    versions: [
      { major: 1, minor: 2 },
      { major: 2, minor: 1 },
      { major: 3, minor: 1 },
      { major: 4, minor: 0 },
      { major: 5, minor: 1 },
    ],
    action: (call) => act(context, call),
    query: (call) => querySessions(context, call),
    read: (call) => read(context, call),
  });
}

async function act(context: Context, call: Call): Promise<Reply | AmError> {
  const action = findAction(call.name, call.version.major);
  if (action) {
    return action.on === 'session'
      ? actOnSession(context, call, action)
      : actInRealm(context, call, action);
  }
  // What there is, only those who are signed in are told.
  const caller = await readCaller(context, call);
  return isAmError(caller) ? caller : noSuchAction(call.name);
}

/** Sessions are not read one by one; to read them all is to ask without a filter. */
async function read(context: Context, call: Call): Promise<Reply | AmError> {
  return call.params.tokenId === undefined ? querySessions(context, call) : NOT_SUPPORTED;
}

async function actOnSession(
  context: Context,
  call: Call,
  action: SessionAction,
): Promise<Reply | AmError> {
  const target = await readTarget(context, call, action.right);
  if (isAmError(target)) return target;
  if ('gone' in target) return action.gone;
  const reply = await action.run(context, call, target);
  if (!('refused' in reply)) return reply;
  return target.isCaller ? refused(reply) : action.gone;
}

async function actInRealm(
  context: Context,
  call: Call,
  action: RealmAction,
): Promise<Reply | AmError> {
  const read = action.right === 'administrator' ? readAdministrator : readCaller;
  const caller = await read(context, call);
  return isAmError(caller) ? caller : action.run(context, call, caller);
}
