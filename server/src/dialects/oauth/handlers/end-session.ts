/**
 * Logout by the client (OpenID Connect RP-Initiated Logout 1.0): at once on the proof of an ID
 * token, after a question without one.
 */

import type { WireAnswer, WireRequest } from '../../dialect.ts';
import type { Context, Handle } from '../context.ts';
import { askedAgain } from '../cross-site.ts';
import { type Parameters, REPEATED, readBrowserCall } from '../decode.ts';
import { type Problem, problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { pathFor } from '../issuer.ts';
import { endSignIn, type LogOut, readLogOut, signedOut, wantsPage } from '../log-out.ts';
import { logOutPage } from '../pages/log-out-page.ts';
import { pageAnswer } from '../pages/page.ts';
import { problemPage } from '../pages/problem-page.ts';
import { expiredCookie, signedIn, withCookies } from '../session-cookie.ts';

export function createEndSession(context: Context): Handle {
  const { config } = context;

  return async (request, realm) => {
    const isBrowser = wantsPage(request);
    const fail = (fault: Problem) =>
      isBrowser ? problemPage(config, request, fault) : problemAnswer(fault);
    const call = readBrowserCall(request);
    if ('error' in call) return fail(call);
    if (call.repeated.size > 0) return fail(REPEATED);
    const asked = readLogOut(context, request, realm, call.values);
    if ('error' in asked) return fail(asked);
    if (asked.hint) {
      const isOut = await endSignIn(context, request, realm, asked.hint);
      const hasPage = isBrowser || asked.redirectUri !== undefined;
      // Whoever was signed out before is signed out.
      const answer = hasPage ? signedOut(context, asked) : NO_CONTENT;
      return withCookies(answer, isOut ? [expiredCookie(context, request)] : []);
    }
    return isBrowser ? askToLogOut(context, request, realm, asked, call.values) : fail(NO_HINT);
  };
}

/** Without a hint another site may have sent the browser here. */
async function askToLogOut(
  context: Context,
  request: WireRequest,
  realm: string,
  asked: LogOut,
  values: Parameters,
): Promise<WireAnswer> {
  const { config, forms, services } = context;
  const held = await signedIn(context, request, realm);
  if (!held)
    return askedAgain(config, request, realm, 'end session', values) ?? signedOut(context, asked);
  const { redirectUri, state, language } = asked;
  const person = await services.directory.find(realm, held.session.subject);
  const { text, cookies } = forms.close(request, realm, 'log out', {
    session: held.session.id,
    subject: held.session.subject,
    language,
    ...(redirectUri !== undefined && { redirectUri }),
    ...(state !== undefined && { state }),
  });
  const action = pathFor(config, realm, 'log out');
  const page = logOutPage({ language, person, action, form: text });
  const leaves = redirectUri !== undefined;
  return withCookies(pageAnswer(config, { ...page, leaves }), cookies);
}

const NO_CONTENT: WireAnswer = { status: 204, headers: ANSWER_HEADERS, body: '' };
const NO_HINT = problem(400, 'invalid_request', 'Missing parameter: id_token_hint');
