/**
 * The UserInfo endpoint (OpenID Connect Core 1.0, section 5.3).
 */

import { jsonAnswer } from '../../answers.ts';
import type { Access } from '../access.ts';
import type { Context, Handle } from '../context.ts';
import { personBody } from '../encode.ts';
import { type Problem, problem } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { challenge, INVALID, openShown, readShownForm } from '../shown-token.ts';

export function createUserinfo(context: Context): Handle {
  const { directory } = context.services;

  async function claimsFor({ claims, session, grant }: Access): Promise<object | Problem> {
    // One that was exchanged for use elsewhere, or speaks for no person.
    if (!session || claims.aud !== claims.iss) return INVALID;
    const scope = claims.scope.split(' ');
    if (!scope.includes('openid')) return NO_SCOPE;
    const person = await directory.find(session.realm, session.subject);
    if (!person?.active) return INVALID;
    return personBody(person, scope, grant?.facts.claims?.split(' ') ?? []);
  }

  return async (request, realm) => {
    const shown = readShownForm(request);
    if (!shown) return challenge(realm);
    if ('error' in shown) return challenge(realm, 'bearer', shown);
    const access = await openShown(context, request, realm, shown);
    const found = 'error' in access ? access : await claimsFor(access);
    if ('error' in found) return challenge(realm, shown.scheme, found as Problem);
    return jsonAnswer(200, found, ANSWER_HEADERS);
  };
}

const NO_SCOPE = problem(403, 'insufficient_scope', 'The scope openid is missing');
