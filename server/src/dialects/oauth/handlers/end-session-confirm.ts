/**
 * The logout page's form: signs the person out, or not.
 */

import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { FOREIGN_FORM } from '../errors.ts';
import { endSignIn, signedOut } from '../log-out.ts';
import { languageOf, TEXTS } from '../pages/language.ts';
import { messagePage } from '../pages/message-page.ts';
import { pageAnswer } from '../pages/page.ts';
import { problemPage } from '../pages/problem-page.ts';
import { expiredCookie, withCookies } from '../session-cookie.ts';

export function createLogOut(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const typed = readForm(request);
    if ('error' in typed) return problemPage(config, request, typed);
    // A page that was open for long asks for no more than it did.
    const form = forms.open(request, realm, 'log out', typed.get('form'));
    if (!form) return problemPage(config, request, FOREIGN_FORM);
    const { session: sid = '', subject: sub = '', redirectUri, state } = form.values;
    const language = languageOf(request, form.values.language);
    if (typed.get('decision') !== 'allow') {
      return pageAnswer(config, messagePage(language, TEXTS[language].logOut.kept));
    }
    const isOut = await endSignIn(context, request, realm, { sid, sub });
    const answer = signedOut(context, { redirectUri, state, language });
    return withCookies(answer, isOut ? [expiredCookie(context, request)] : []);
  };
}
