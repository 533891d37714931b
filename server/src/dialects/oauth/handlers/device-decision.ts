/**
 * The form on which a person connects a device, or does not.
 */

import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { decide, findDevice } from '../device.ts';
import { FOREIGN_FORM } from '../errors.ts';
import { languageOf, TEXTS } from '../pages/language.ts';
import { messagePage } from '../pages/message-page.ts';
import { pageAnswer } from '../pages/page.ts';
import { problemPage } from '../pages/problem-page.ts';
import { signedIn } from '../session-cookie.ts';

export function createDeviceDecision(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const typed = readForm(request);
    if ('error' in typed) return problemPage(config, request, typed);
    const form = forms.open(request, realm, 'device decision', typed.get('form'));
    const person = await signedIn(context, request, realm);
    // Somebody else may have signed in since, who was asked nothing.
    if (!form || !person || person.session.id !== form.values.session) {
      return problemPage(config, request, FOREIGN_FORM);
    }
    const language = languageOf(request, form.values.language);
    const { done, denied, gone } = TEXTS[language].device;
    const waiting = await findDevice(context, realm, form.values.userCode ?? '');
    const isSame = waiting?.device.id === form.values.device;
    const isAllowed = typed.get('decision') === 'allow';
    const isDone = isSame && waiting && (await decide(context, person.session, waiting, isAllowed));
    const message = isAllowed ? done : denied;
    return pageAnswer(config, messagePage(language, isDone ? message : gone));
  };
}
