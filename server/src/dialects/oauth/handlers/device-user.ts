/**
 * The page for the code that a device shows (RFC 8628, section 3.3), and AM's form for scripts.
 */

import type { WireAnswer, WireRequest } from '../../dialect.ts';
import { sameSecret } from '../../secrets.ts';
import type { Context, Handle } from '../context.ts';
import { type Parameters, REPEATED, readBrowserCall } from '../decode.ts';
import { decide, findDevice, readUserCode } from '../device.ts';
import { askForCode, askToConnect, askToSignInForDevice, type DeviceCall } from '../device-form.ts';
import { FOREIGN_FORM, problem } from '../errors.ts';
import { languageOf, TEXTS } from '../pages/language.ts';
import { messagePage } from '../pages/message-page.ts';
import { pageAnswer } from '../pages/page.ts';
import { problemPage } from '../pages/problem-page.ts';
import { type SignedIn, signedIn } from '../session-cookie.ts';
import { lockedRetry } from '../sign-in-form.ts';

export function createDeviceUser(context: Context): Handle {
  const { config, forms } = context;

  return async (request, realm) => {
    const call = readBrowserCall(request);
    if ('error' in call) return problemPage(config, request, call);
    if (call.repeated.size > 0) return problemPage(config, request, REPEATED);
    const { values } = call;
    const userCode = readUserCode(values.get('user_code'));
    const person = await signedIn(context, request, realm);
    const isPost = request.method === 'POST';
    const form = isPost ? forms.open(request, realm, 'device', values.get('form')) : undefined;
    const asked = form?.values.language ?? values.get('ui_locales');
    const device = { request, realm, language: languageOf(request, asked), userCode };

    if (isPost && values.has('csrf')) return decideForScript(context, device, values, person);
    if (isPost && !form) return problemPage(config, request, FOREIGN_FORM);
    if (!person) return askToSignInForDevice(context, device);
    return isPost ? lookUp(context, device, person) : askForCode(context, device);
  };
}

/** Whoever guesses has to wait, and is known. */
async function lookUp(
  context: Context,
  call: DeviceCall,
  { session }: SignedIn,
): Promise<WireAnswer> {
  const { attempts, clock } = context.services;
  const words = TEXTS[call.language].device;
  const who = guesser(call.request, call.realm, session.subject);
  const until = attempts.lockedUntil(who);
  if (until !== null)
    return askForCode(context, call, lockedRetry(until, clock.now(), words.locked));
  const waiting = await findDevice(context, call.realm, call.userCode);
  if (waiting?.device.state === 'pending') return askToConnect(context, call, session, waiting);
  attempts.failed(who);
  return askForCode(context, call, { status: 400, alert: words.wrong });
}

/** AM's own form: the session token is its proof that no other site has posted it. */
async function decideForScript(
  context: Context,
  call: DeviceCall,
  values: Parameters,
  person: SignedIn | undefined,
): Promise<WireAnswer> {
  const { config, services } = context;
  const { request, realm, language, userCode } = call;
  if (!person || !sameSecret(values.get('csrf') ?? '', person.text)) {
    return problemPage(config, request, FORGED);
  }
  const who = guesser(request, realm, person.session.subject);
  if (services.attempts.lockedUntil(who) !== null) return problemPage(config, request, UNKNOWN);
  const waiting = await findDevice(context, realm, userCode);
  if (!waiting) services.attempts.failed(who);
  const isAllowed = values.get('decision')?.toLowerCase() === 'allow';
  const isDone = waiting && (await decide(context, person.session, waiting, isAllowed));
  if (!isDone) return problemPage(config, request, UNKNOWN);
  const { done, denied } = TEXTS[language].device;
  return pageAnswer(config, messagePage(language, isAllowed ? done : denied));
}

function guesser({ address }: WireRequest, realm: string, subject: string) {
  return { realm, name: `device:${subject}`, address };
}

const FORGED = problem(400, 'bad_request', 'csrf is not the token of the session');
const UNKNOWN = problem(400, 'invalid_request', 'The user_code is unknown or has expired');
