/**
 * `POST .../authenticate`: zero-page login, the name and password in two headers (fact sheet 2.1).
 */

import type { Route } from '../../dialect.ts';
import { signIn } from '../../sign-in.ts';
import type { Context } from '../context.ts';
import { sessionCookie } from '../cookie.ts';
import { isJson, readHeader } from '../decode.ts';
import { realmPath } from '../encode.ts';
import { type AmError, amError, LOGIN_FAILURE, refused } from '../errors.ts';
import { type Call, HEADERS, type Reply, serve } from '../resource.ts';
import { KIND, shape } from '../shape.ts';

export function createAuthenticate(context: Context): Route['handle'] {
  return serve(context, {
    versions: [{ major: 2, minor: 1 }],
    warningAgent: 'chf',
    headers: { ...HEADERS, 'Content-Type': 'application/json' },
    typeFault: (request) =>
      request.body.length === 0 || isJson(request) ? undefined : amError(415),
    handle: (call) => authenticate(context, call),
  });
}

async function authenticate(context: Context, call: Call): Promise<Reply | AmError> {
  const { request, realm } = call;
  const login = readHeader(request, 'X-OpenAM-Username');
  const password = readHeader(request, 'X-OpenAM-Password');
  // As the zero-page journey of AM: without both there is nothing that it could go on with.
  if (!login || !password) return LOGIN_FAILURE;
  const { services, config } = context;
  const opened = await signIn(services, { realm, login, password }, { origin: KIND });
  if (!opened) return LOGIN_FAILURE;
  if ('refused' in opened) return refused(opened);
  const tokenId = shape.write(services.sessions.token(opened.session, KIND));
  return {
    body: { tokenId, successUrl: config.success_url, realm: realmPath(realm) },
    headers: { 'Set-Cookie': sessionCookie(config, request, tokenId) },
  };
}
