/**
 * The consent page on the way from an authorization request to its code.
 */

import type { Session } from '../../engine/session.ts';
import type { WireAnswer } from '../dialect.ts';
import { type Authorization, failed, keptValues, TOO_LONG } from './authorization.ts';
import type { Context } from './context.ts';
import { pathFor } from './issuer.ts';
import { consentPage } from './pages/consent-page.ts';
import { pageAnswer } from './pages/page.ts';
import { withCookies } from './session-cookie.ts';

/** @throws StoreFault */
export async function askToConsent(
  context: Context,
  authorization: Authorization,
  session: Session,
): Promise<WireAnswer> {
  const { config, forms, services } = context;
  const { request, realm, asked, destination, language } = authorization;
  const kept = keptValues(authorization);
  if (!kept) return failed(context, authorization, TOO_LONG);
  const person = await services.directory.find(realm, session.subject);
  const values = { session: session.id, request: JSON.stringify(kept) };
  const { text, cookies } = forms.close(request, realm, 'consent', values);
  const page = consentPage({
    language,
    action: pathFor(config, realm, 'consent'),
    form: text,
    client: destination.client.title,
    person,
    scope: asked.scope,
    described: config.scope_descriptions,
  });
  return withCookies(pageAnswer(config, { ...page, leaves: true }), cookies);
}
