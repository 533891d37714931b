/**
 * The authorization endpoint (RFC 6749, section 4.1): a code at once for whoever is signed in and
 * has consented, or the page that asks for what is missing.
 */

import type { WireRequest } from '../../dialect.ts';
import { sameSecret } from '../../secrets.ts';
import { readAuthorization } from '../authorization.ts';
import { proceed } from '../authorization-steps.ts';
import type { Context, Handle } from '../context.ts';
import { askedAgain } from '../cross-site.ts';
import { type Parameters, readBrowserCall } from '../decode.ts';
import { problem } from '../errors.ts';
import { problemPage } from '../pages/problem-page.ts';
import { resolvePushed } from '../pushed-request.ts';
import { isProgram, signedIn } from '../session-cookie.ts';

export function createAuthorize(context: Context): Handle {
  const { config } = context;

  return async (request, realm) => {
    const sent = readBrowserCall(request);
    if ('error' in sent) return problemPage(config, request, sent);
    const call = await resolvePushed(context, realm, sent);
    if ('error' in call) return problemPage(config, request, call);
    const authorization = readAuthorization(context, request, realm, call);
    if ('status' in authorization) return authorization;
    const person = await signedIn(context, request, realm);
    const again = askedAgain(config, request, realm, 'authorize', sent.values);
    if (!person && again) return again;
    const isDecided = request.method === 'POST' && call.values.has('decision');
    if (person && !isOwnForm(request, call.values, person.text)) {
      return problemPage(config, request, FORGED);
    }
    return proceed(context, authorization, {
      session: person?.session,
      isFresh: false,
      // AM's own form is what scripts post.
      canAsk: !isDecided && !isProgram(context, request),
      decision: isDecided ? decisionIn(call.values) : undefined,
      isToRemember: call.values.get('save_consent') === 'on',
    });
  };
}

/** AM's proof that no other site has posted the decision: the session token itself. */
function isOwnForm({ method }: WireRequest, values: Parameters, sessionText: string): boolean {
  if (method !== 'POST') return true;
  const csrf = values.get('csrf');
  if (csrf === undefined) return !values.has('decision');
  return sameSecret(csrf, sessionText);
}

/** Only a posted decision counts: a link cannot decide for the person who follows it. */
function decisionIn(values: Parameters): 'allow' | 'deny' {
  return values.get('decision')?.toLowerCase() === 'allow' ? 'allow' : 'deny';
}

const FORGED = problem(400, 'bad_request', 'csrf is not the token of the session');
