/**
 * The UserInfo endpoint (OpenID Connect Core 1.0, section 5.3).
 */

import { authorization, jsonAnswer } from '../../answers.ts';
import type { WireAnswer } from '../../dialect.ts';
import { readAccessToken, seeAccessToken } from '../access-token.ts';
import type { Context, Handle } from '../context.ts';
import { personBody } from '../encode.ts';
import { describe, type Problem, problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';

const INVALID = 'The access token is invalid or has expired';

export function createUserinfo(context: Context): Handle {
  const { directory, keyring } = context.services;

  return async (request, realm) => {
    const text = authorization(request, 'bearer');
    if (text === undefined) return challenge(realm);
    const claims = readAccessToken(keyring, text);
    const access = claims && (await seeAccessToken(context, claims, realm));
    if (!access) return challenge(realm, problem(401, 'invalid_token', INVALID));
    if ('refused' in access) {
      return challenge(realm, problem(401, 'invalid_token', describe(access)));
    }
    const scope = access.claims.scope.split(' ');
    if (!scope.includes('openid')) {
      return challenge(realm, problem(403, 'insufficient_scope', 'The scope openid is missing'));
    }
    const person = await directory.find(realm, access.session.subject);
    if (!person?.active) return challenge(realm, problem(401, 'invalid_token', INVALID));
    return jsonAnswer(200, personBody(person, scope), ANSWER_HEADERS);
  };
}

/** How a resource says no (RFC 6750, section 3); without a reason when no token came. */
function challenge(realm: string, fault?: Problem): WireAnswer {
  const said = fault ?? problem(401, 'invalid_token', 'An access token is required');
  const reason = fault ? `, error="${fault.error}", error_description="${fault.description}"` : '';
  const headers = { 'WWW-Authenticate': `Bearer realm="/${realm}"${reason}` };
  return problemAnswer({ ...said, headers });
}
