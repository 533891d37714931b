/**
 * Mobile login: a person signs in on a device with the verification code that was sent to them.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { readTexts } from '../decode.ts';
import { NOT_STORED } from '../encode.ts';
import { problem } from '../errors.ts';

/** A code has fewer digits than a password has letters: a wrong one counts for so many. */
const WEIGHT = 5;

/** RFC 8176: a one-time password that came as a text message. */
const BY_CODE = ['otp', 'sms'];

export function createMobileLogin(context: Context): Route['handle'] {
  const { services, config, callers, subscribers, codes, open } = context;
  const { attempts, sessions } = services;
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const ask = readTexts(request, ['mobile', 'verify_code']);
    if ('status' in ask) return ask;

    const { owner, person } = await subscribers.of(ask.mobile);
    // Read before the code is looked at, as before a password is.
    const epoch = await sessions.epoch(config.realm, person?.subject ?? owner);
    const who = { realm: config.realm, name: `code:${owner}`, address: request.address };
    // A lock looks like a wrong code: strangers share theirs, so that it would tell who is none.
    if (attempts.lockedUntil(who) !== null) return problem('bad_code');
    const isRight = await codes.use(owner, device, ask.verify_code);
    // Of guesses side by side, those that come after the lock must tell nothing either.
    if (attempts.lockedUntil(who) !== null) return problem('bad_code');
    if (!isRight || !person) {
      for (let count = 0; count < WEIGHT; count++) attempts.failed(who);
      return problem('bad_code');
    }
    attempts.succeeded(who);
    const opened = await open(request, { person, epoch }, device, BY_CODE);
    if ('status' in opened) return opened;
    const { session_token, expire, id_token } = opened;
    return jsonAnswer(200, { session_token, expire, status: 'SUCCESS', id_token }, NOT_STORED);
  };
}
