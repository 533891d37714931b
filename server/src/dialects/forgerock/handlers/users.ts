/**
 * `POST .../users?_action=idFromSession`: whose session it is that the caller holds (fact sheet 6.4).
 */

import type { Route } from '../../dialect.ts';
import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { realmPath, universalId } from '../encode.ts';
import { type AmError, isAmError, noSuchAction } from '../errors.ts';
import { type Call, type Reply, serve } from '../resource.ts';

export function createUsers(context: Context): Route['handle'] {
  return serve(context, {
    versions: [
      { major: 1, minor: 2 },
      { major: 2, minor: 1 },
      { major: 3, minor: 0 },
      { major: 4, minor: 0 },
    ],
    action: (call) => act(context, call),
  });
}

async function act(context: Context, call: Call): Promise<Reply | AmError> {
  const session = await readCaller(context, call);
  if (isAmError(session)) return session;
  if (call.name.toLowerCase() !== 'idfromsession') return noSuchAction(call.name);
  const { context_path, success_url } = context.config;
  const realm = realmPath(session.realm);
  return {
    body: {
      id: session.subject,
      realm,
      dn: universalId(session),
      successURL: success_url,
      fullLoginURL: `${context_path}/UI/Login?realm=${encodeURIComponent(realm)}`,
    },
  };
}
