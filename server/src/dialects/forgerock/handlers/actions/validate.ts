/**
 * `validate`, which resets the idle clock unless `refresh=false`, and `isActive`, which does so only
 * with `refresh=true` (fact sheet 3.3).
 */

import { parameter } from '../../decode.ts';
import { validBody } from '../../encode-session.ts';
import type { Call } from '../../resource.ts';
import type { SessionAction } from './action.ts';

export const validate: SessionAction = {
  on: 'session',
  right: 'anyone',
  gone: { body: { valid: false } },
  async run({ services: { sessions } }, call, { token }) {
    const { realm, version } = call;
    const isTouched = refreshOf(call) !== 'false';
    const found = await (isTouched ? sessions.touch(token, realm) : sessions.look(token, realm));
    return 'refused' in found ? found : { body: validBody(found.session, version.major) };
  },
};

export const isActive: SessionAction = {
  on: 'session',
  right: 'administrator',
  gone: { body: { active: false } },
  async run({ services: { sessions } }, call, { token }) {
    const { realm } = call;
    const isTouched = refreshOf(call) === 'true';
    const found = await (isTouched ? sessions.touch(token, realm) : sessions.look(token, realm));
    return 'refused' in found ? found : { body: { active: true } };
  },
};

function refreshOf({ parameters }: Call): string | undefined {
  return parameter(parameters, 'refresh')?.toLowerCase();
}
