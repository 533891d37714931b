/**
 * Password update: whoever has the old password and a state token sets a new one, and is signed in.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route, Services } from '../../dialect.ts';
import { BY_PASSWORD } from '../../sign-in.ts';
import type { Context } from '../context.ts';
import { readTexts } from '../decode.ts';
import { NOT_STORED } from '../encode.ts';
import { missing, problem } from '../errors.ts';
import type { State } from '../state-tokens.ts';

export function createPasswordUpdate({
  services,
  callers,
  open,
  stateTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const token = request.headers['x-state-token'];
    if (!token) return missing('X-state-token');
    const ask = readTexts(request, ['old_password', 'new_password']);
    if ('status' in ask) return ask;
    const state = await stateTokens.read(token, device);
    if (!state) return problem('bad_state_token');

    const { person, epoch } = state;
    const { realm, subject, username } = person;
    const { directory, sessions } = services;
    const old = await directory.authenticate(realm, username, ask.old_password, request.address);
    if (old.verdict === 'locked') return problem('locked');
    if (old.verdict === 'wrong') return problem('bad_old_password');
    // The same one again would be as old as before; the directory compares them like this.
    const isSame = ask.new_password.normalize('NFC') === ask.old_password.normalize('NFC');
    if (isSame) return problem('unfit_password');
    const set = await setPassword(services, state, ask.new_password);
    if (set !== 'set') return problem(set);
    // Whoever knew the old password is out, and this very person comes in again: one epoch later.
    await sessions.endSubject(realm, subject, { reason: 'password_changed', by: 'user' });
    const opened = await open(request, { person, epoch: epoch + 1 }, device, BY_PASSWORD);
    if ('status' in opened) return opened;
    const { expire, session_token, id_token } = opened;
    return jsonAnswer(200, { status: 'SUCCESS', expire, session_token, id_token }, NOT_STORED);
  };
}

/** The state token is used when the new password is fit, and not before. */
async function setPassword(
  { directory }: Services,
  { person: { realm, subject }, use }: State,
  password: string,
): Promise<'set' | 'unfit_password' | 'bad_state_token'> {
  let isFirst = true;
  try {
    await directory.setPassword(realm, subject, password, async () => {
      isFirst = await use();
      return isFirst;
    });
    return 'set';
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DirectoryRefusal') throw error;
    return isFirst ? 'unfit_password' : 'bad_state_token';
  }
}
