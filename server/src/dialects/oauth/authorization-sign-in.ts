/**
 * The sign-in page on the way from an authorization request to its code.
 */

import type { WireAnswer } from '../dialect.ts';
import { type Authorization, failed, keptValues, TOO_LONG } from './authorization.ts';
import type { Context } from './context.ts';
import { type Retry, signInAnswer } from './sign-in-form.ts';

/** @param login What was typed as the name. */
export function askToSignIn(
  context: Context,
  authorization: Authorization,
  login?: string,
  retry?: Retry,
): WireAnswer {
  const { request, realm, asked, destination, language } = authorization;
  const kept = keptValues(authorization);
  if (!kept) return failed(context, authorization, TOO_LONG);
  const ask = {
    request,
    realm,
    language,
    purpose: 'sign in',
    values: kept,
    client: destination.client.title,
    login: login ?? asked.loginHint ?? '',
    leaves: true,
  } as const;
  return signInAnswer(context, ask, retry);
}
