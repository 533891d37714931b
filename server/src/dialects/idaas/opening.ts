/**
 * Opening: a person who has proved who they are gets a session, and its token for this device.
 */

import type { Services, WireAnswer, WireRequest } from '../dialect.ts';
import type { Authenticated } from '../sign-in.ts';
import type { Config } from './config.ts';
import type { Device } from './decode.ts';
import { expireOf, personIdToken } from './encode.ts';
import { refused } from './errors.ts';
import { grantFor } from './grant.ts';
import { KIND, SESSION_TOKEN } from './shape.ts';

export interface Opened {
  readonly session_token: string;
  readonly expire: number;
  readonly id_token: string;
}

export type Open = (
  request: WireRequest,
  who: Authenticated,
  device: Device,
  /** How they have proven who they are (RFC 8176). */
  methods: readonly string[],
) => Promise<Opened | WireAnswer>;

export function createOpening(services: Services, config: Config): Open {
  return async (request, { person, epoch }, { client, binding }, methods) => {
    const ask = {
      realm: config.realm,
      subject: person.subject,
      epoch,
      origin: KIND,
      methods,
      idleMs: config.session_idle,
      lifeMs: config.session_life,
      grant: grantFor(config, client, binding, true),
    };
    const outcome = await services.sessions.open(ask, KIND);
    if ('refused' in outcome) return refused(outcome);
    const { session, grant, token } = outcome;
    if (!grant || !token) throw new TypeError('the session was opened without its grant');
    return {
      session_token: SESSION_TOKEN.write(token),
      expire: expireOf(session, grant, services.clock.now()),
      id_token: personIdToken(services, config, request.origin, { person, session, client }),
    };
  };
}
