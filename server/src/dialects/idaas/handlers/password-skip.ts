/**
 * Password skip: a person whose password is about to end signs in with it once more.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import { BY_PASSWORD } from '../../sign-in.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { missing, problem } from '../errors.ts';

export function createPasswordSkip({ callers, open, stateTokens }: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const token = request.headers['x-state-token'];
    if (!token) return missing('X-state-token');
    const state = await stateTokens.read(token, device);
    // A password that has ended is not skipped, whatever the client shows.
    if (state?.step !== 'warned' || !(await state.use())) return problem('bad_state_token');
    const opened = await open(request, state, device, BY_PASSWORD);
    if ('status' in opened) return opened;
    const { expire, session_token, id_token } = opened;
    return jsonAnswer(200, { status: 'SUCCESS', expire, session_token, id_token }, NOT_STORED);
  };
}
