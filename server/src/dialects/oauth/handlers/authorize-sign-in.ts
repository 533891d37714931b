/**
 * The sign-in page's form: signs the person in, and goes on with what the client asked for.
 */

import { readAuthorization } from '../authorization.ts';
import { askToSignIn } from '../authorization-sign-in.ts';
import { proceed } from '../authorization-steps.ts';
import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { FOREIGN_FORM } from '../errors.ts';
import { TEXTS } from '../pages/language.ts';
import { problemPage } from '../pages/problem-page.ts';
import { sessionCookie, withCookies } from '../session-cookie.ts';
import { type Retry, signInBy } from '../sign-in-form.ts';

export function createSignIn(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const typed = readForm(request);
    if ('error' in typed) return problemPage(config, request, typed);
    const form = forms.open(request, realm, 'sign in', typed.get('form'));
    if (!form) return problemPage(config, request, FOREIGN_FORM);
    const call = { values: new Map(Object.entries(form.values)), repeated: new Set<string>() };
    const authorization = readAuthorization(context, request, realm, call);
    if ('status' in authorization) return authorization;
    const { language } = authorization;
    const again = (retry: Retry) =>
      askToSignIn(context, authorization, typed.get('username') ?? '', retry);
    if (form.isStale) return again({ status: 400, alert: TEXTS[language].signIn.stale });

    const outcome = await signInBy(context, request, realm, typed, language);
    if ('alert' in outcome) return again(outcome);
    const { session } = outcome;
    const standing = { session, isFresh: true, canAsk: true, decision: undefined };
    const answer = await proceed(context, authorization, standing);
    return withCookies(answer, [await sessionCookie(context, request, session)]);
  };
}
