/**
 * Send code: a verification code goes to a mobile number, if that is somebody's here.
 */

import { jsonBody } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { texts } from '../decode.ts';
import { missing, problem } from '../errors.ts';
import { createSubscribers } from '../subscribers.ts';

export function createSendCode(context: Context): Route['handle'] {
  const { config, callers, codes, sender } = context;
  const subscribers = createSubscribers(context.services, config);
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const body = jsonBody(request);
    if (!body) return problem('unreadable_body');
    const ask = texts(body, ['mobile', 'type']);
    if ('missing' in ask) return missing(ask.missing);
    if (ask.type !== 'LOGIN_SMS' || !sender) return problem('code_not_sent');
    const { owner, person } = await subscribers.of(ask.mobile);
    const code = await codes.next(owner, device);
    // Nobody is told whether a number is known here, nor that its day has no place left: strangers
    // share their places, so that they would run out of them at another time.
    if (person?.mobile && code !== undefined) {
      const { realm, mobile } = person;
      sender.send({ notice: 'verification_code', realm, mobile, code });
    }
    return { status: 200, headers: {}, body: '' };
  };
}
