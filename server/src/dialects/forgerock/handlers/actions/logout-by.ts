/**
 * `logoutByHandle` and `logoutByUser`: end sessions whose tokens the caller does not have (fact sheet
 * 3.3).
 */

import type { Why } from '../../../../sessions/sessions.ts';
import { isAdministrator } from '../../caller.ts';
import type { Context } from '../../context.ts';
import { amError, FORBIDDEN, notText } from '../../errors.ts';
import { readHandle } from '../../handles.ts';
import { findSubject } from '../../people.ts';
import type { RealmAction } from './action.ts';
import { BY_ADMINISTRATOR } from './logout.ts';

const EVERYWHERE_BY_USER: Why = { reason: 'signed_out_everywhere', by: 'user' };

const NO_HANDLES = amError(
  400,
  'The "sessionHandles" field is not defined in the request or it\'s not a JSON array',
);

const NO_USERNAME = amError(
  400,
  'The "username" field is not defined in the request or it\'s not a JSON string',
);

export const logoutByHandle: RealmAction = {
  on: 'realm',
  right: 'administrator',
  async run(context, { realm, body }) {
    const { sessionHandles } = body;
    if (!Array.isArray(sessionHandles)) return NO_HANDLES;
    const result = new Map<string, boolean>();
    for (const [at, handle] of sessionHandles.entries()) {
      if (typeof handle !== 'string') return notText(`/sessionHandles/${at}`);
      result.set(handle, false);
    }
    for (const handle of result.keys())
      result.set(handle, await endByHandle(context, realm, handle));
    return { body: { result: Object.fromEntries(result) } };
  },
};

/** True as well when there is nothing left to end; false for a session of another realm. */
async function endByHandle(
  { services: { sessions } }: Context,
  realm: string,
  handle: string,
): Promise<boolean> {
  const id = readHandle(handle);
  const found = id && (await sessions.inspect(id));
  if (!found) return true;
  if (found.session.realm !== realm) return false;
  await sessions.endSession(found.session, BY_ADMINISTRATOR);
  return true;
}

export const logoutByUser: RealmAction = {
  on: 'realm',
  right: 'signed_in',
  async run(context, { realm, body }, caller) {
    const { username } = body;
    if (typeof username !== 'string' || username === '') return NO_USERNAME;
    const { sessions } = context.services;
    const subject = await findSubject(context, realm, username);
    const isOwn = subject === caller.subject;
    if (!isOwn && !(await isAdministrator(context, caller))) return FORBIDDEN;
    if (subject !== undefined) {
      await sessions.endSubject(realm, subject, isOwn ? EVERYWHERE_BY_USER : BY_ADMINISTRATOR);
    }
    return { body: { result: true } };
  },
};
