/**
 * `GET .../serverinfo/*`: what clients ask before they sign in, the name of the session cookie above
 * all (fact sheet 2.2). `version` is for those who have a session.
 */

import { hash } from 'node:crypto';
import type { Route } from '../../dialect.ts';
import { readCaller } from '../caller.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { type Json, realmPath } from '../encode.ts';
import { type AmError, amError, isAmError } from '../errors.ts';
import { type Call, type Reply, serve } from '../resource.ts';

/** The release of AM whose interface this is: tools look here for what they may ask. */
const VERSION = {
  version: '8.0.1',
  fullVersion: 'Lamplighter, with the sessions of AM 8.0.1',
  revision: '',
  date: '',
};

export function createServerinfo(context: Context): Route['handle'] {
  return serve(context, {
    versions: [
      { major: 1, minor: 1 },
      { major: 2, minor: 0 },
    ],
    read: (call) => read(context, call),
  });
}

async function read(context: Context, call: Call): Promise<Reply | AmError> {
  const { id } = call.params;
  if (id === '*') return document(id, serverInfo(context.config, call.realm));
  if (id === 'cookieDomains') return document(id, { domains: [] });
  if (id !== 'version') return amError(404);
  const caller = await readCaller(context, call);
  return isAmError(caller) ? caller : document(id, VERSION);
}

/** A resource with its name and, as its revision, a digest. */
function document(id: string, body: Json): Reply {
  const revision = hash('sha256', JSON.stringify(body), 'buffer').readUInt32BE();
  return { body: { _id: id, _rev: String(revision), ...body } };
}

/** As captured from AM 8.0.1, where nothing that is missing here is switched on. */
function serverInfo({ cookie_name, secure_cookie }: Config, realm: string): Json {
  return {
    domains: [],
    protectedUserAttributes: ['telephoneNumber', 'mail'],
    cookieName: cookie_name,
    secureCookie: secure_cookie,
    forgotPassword: 'false',
    forgotUsername: 'false',
    kbaEnabled: 'false',
    selfRegistration: 'false',
    lang: 'en-US',
    successfulUserRegistrationDestination: 'default',
    socialImplementations: [],
    referralsEnabled: 'false',
    zeroPageLogin: { enabled: false, refererWhitelist: [], allowedWithoutReferer: true },
    realm: realmPath(realm),
    xuiUserSessionValidationEnabled: true,
    fileBasedConfiguration: false,
    userIdAttributes: [],
    nodeDesignerXuiEnabled: true,
  };
}
