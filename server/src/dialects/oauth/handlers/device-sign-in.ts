/**
 * The form of the sign-in page that comes before a device's code.
 */

import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { askForCode, askToSignInForDevice } from '../device-form.ts';
import { FOREIGN_FORM } from '../errors.ts';
import { languageOf, TEXTS } from '../pages/language.ts';
import { problemPage } from '../pages/problem-page.ts';
import { sessionCookie, withCookies } from '../session-cookie.ts';
import { type Retry, signInBy } from '../sign-in-form.ts';

export function createDeviceSignIn(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const typed = readForm(request);
    if ('error' in typed) return problemPage(config, request, typed);
    const form = forms.open(request, realm, 'device sign in', typed.get('form'));
    if (!form) return problemPage(config, request, FOREIGN_FORM);
    const language = languageOf(request, form.values.language);
    const call = { request, realm, language, userCode: form.values.userCode ?? '' };
    const again = (retry: Retry) =>
      askToSignInForDevice(context, call, typed.get('username'), retry);
    if (form.isStale) return again({ status: 400, alert: TEXTS[language].signIn.stale });
    const outcome = await signInBy(context, request, realm, typed, language);
    if ('alert' in outcome) return again(outcome);
    const cookie = await sessionCookie(context, request, outcome.session);
    return withCookies(askForCode(context, call), [cookie]);
  };
}
