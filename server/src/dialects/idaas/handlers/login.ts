/**
 * Login: a person signs in on a device, and gets a session token that is bound to it. A password
 * that has ended, or is about to, gets a state token instead.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import { authenticate, BY_PASSWORD } from '../../sign-in.ts';
import type { Context } from '../context.ts';
import { readTexts } from '../decode.ts';
import { NOT_STORED, PASSWORD_RULES } from '../encode.ts';
import { problem } from '../errors.ts';

export function createLogin({
  services,
  config,
  callers,
  open,
  stateTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const ask = readTexts(request, ['user_name', 'password']);
    if ('status' in ask) return ask;

    const { user_name, password } = ask;
    const { realm } = config;
    const found = await authenticate(services, realm, user_name, password, request.address);
    if (found.verdict === 'wrong') return problem('bad_credentials');
    if (found.verdict === 'locked') return problem('locked');
    const { person, epoch } = found;
    const step = found.verdict === 'expired' ? 'expired' : found.isPasswordEnding && 'warned';
    if (step) {
      const status = step === 'expired' ? 'PASSWORD_EXPIRED' : 'PASSWORD_WARN';
      const state_token = stateTokens.issue(step, person, epoch, device);
      return jsonAnswer(200, { status, state_token, data: PASSWORD_RULES }, NOT_STORED);
    }
    const opened = await open(request, found, device, BY_PASSWORD);
    if ('status' in opened) return opened;
    const { session_token, expire, id_token } = opened;
    return jsonAnswer(200, { session_token, expire, status: 'SUCCESS', id_token }, NOT_STORED);
  };
}
