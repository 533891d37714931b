/**
 * The consent page's form: goes on with what the client asked for, or tells it that the person said
 * no.
 */

import { readAuthorization } from '../authorization.ts';
import { proceed } from '../authorization-steps.ts';
import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { FOREIGN_FORM } from '../errors.ts';
import { problemPage } from '../pages/problem-page.ts';
import { signedIn } from '../session-cookie.ts';

export function createConsent(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const typed = readForm(request);
    if ('error' in typed) return problemPage(config, request, typed);
    const form = forms.open(request, realm, 'consent', typed.get('form'));
    if (!form) return problemPage(config, request, FOREIGN_FORM);
    const values: Record<string, string> = JSON.parse(form.values.request ?? '{}');
    const call = { values: new Map(Object.entries(values)), repeated: new Set<string>() };
    const authorization = readAuthorization(context, request, realm, call);
    if ('status' in authorization) return authorization;
    const person = await signedIn(context, request, realm);
    // Whoever has signed out, or is somebody else by now, was not asked.
    const isAsked = !form.isStale && person?.session.id === form.values.session;
    return proceed(context, authorization, {
      session: person?.session,
      isFresh: isAsked,
      canAsk: true,
      decision: isAsked ? decisionIn(typed.get('decision')) : undefined,
      isToRemember: typed.get('save_consent') === 'on',
    });
  };
}

function decisionIn(decision: string | undefined): 'allow' | 'deny' {
  return decision === 'allow' ? 'allow' : 'deny';
}
