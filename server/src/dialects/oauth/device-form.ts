/**
 * The pages on which a device is connected, one after the other: sign-in, the code, the decision.
 */

import type { Session } from '../../engine/session.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Context } from './context.ts';
import type { Waiting } from './device.ts';
import { pathFor } from './issuer.ts';
import { deviceConfirmPage, deviceEntryPage } from './pages/device-pages.ts';
import { type Language, TEXTS } from './pages/language.ts';
import { pageAnswer } from './pages/page.ts';
import { withCookies } from './session-cookie.ts';
import { type Retry, signInAnswer } from './sign-in-form.ts';

export interface DeviceCall {
  readonly request: WireRequest;
  readonly realm: string;
  readonly language: Language;
  /** As it was typed or came in a link. */
  readonly userCode: string;
}

/** First of all: nobody who is not known here may guess at codes. */
export function askToSignInForDevice(
  context: Context,
  { request, realm, language, userCode }: DeviceCall,
  login = '',
  retry?: Retry,
): WireAnswer {
  const ask = {
    request,
    realm,
    language,
    purpose: 'device sign in',
    values: { language, userCode },
    client: TEXTS[language].device.name,
    login,
    leaves: false,
  } as const;
  return signInAnswer(context, ask, retry);
}

export function askForCode(
  { config, forms }: Context,
  { request, realm, language, userCode }: DeviceCall,
  retry?: Retry,
): WireAnswer {
  const { text, cookies } = forms.close(request, realm, 'device', { language });
  const action = pathFor(config, realm, 'device user');
  const page = deviceEntryPage({ language, action, form: text, userCode, alert: retry?.alert });
  return withCookies(pageAnswer(config, { status: 200, ...page, ...retry }), cookies);
}

/** The code may have come in a link that somebody sent: the person decides about what it shows. @throws StoreFault */
export async function askToConnect(
  { config, forms, clients, services }: Context,
  { request, realm, language }: DeviceCall,
  session: Session,
  { device, userCode }: Waiting,
): Promise<WireAnswer> {
  const values = { language, userCode, device: device.id, session: session.id };
  const { text, cookies } = forms.close(request, realm, 'device decision', values);
  const action = pathFor(config, realm, 'device decision');
  const client = clients.find(realm, device.client)?.title ?? device.client;
  const person = await services.directory.find(realm, session.subject);
  const { scope } = device;
  const described = config.scope_descriptions;
  const page = deviceConfirmPage({
    language,
    action,
    form: text,
    client,
    person,
    userCode,
    scope,
    described,
  });
  return withCookies(pageAnswer(config, page), cookies);
}
