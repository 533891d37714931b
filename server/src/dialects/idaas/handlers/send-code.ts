/**
 * Send code: a verification code goes to a mobile number, if that is somebody's here.
 */

import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { readTexts } from '../decode.ts';
import { problem } from '../errors.ts';

export function createSendCode({ callers, subscribers, codes, sender }: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const ask = readTexts(request, ['mobile', 'type']);
    if ('status' in ask) return ask;
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
