/**
 * Session tokens: what one is good for on the device and for the application that it is of.
 */

import type { Replies } from '../../engine/command.ts';
import type { Grant, Session } from '../../engine/session.ts';
import type { Services, WireAnswer } from '../dialect.ts';
import type { Config } from './config.ts';
import type { Device } from './decode.ts';
import { expireOf } from './encode.ts';
import { problem, refused } from './errors.ts';
import { GENERATION_LAST, SESSION_TOKEN } from './shape.ts';

export interface Held {
  readonly session: Session;
  readonly grant: Grant;
  /** The successor after a renewal, else the very token that came. */
  readonly text: string;
  /** Seconds until it lapses unused. */
  readonly expire: number;
}

export interface SessionTokens {
  /** Exchanges it for its successor, under the retry rule. */
  renew(text: string, device: Device): Promise<Held | WireAnswer>;
  /** Uses it for something else, under the same rule; it stays what it is. */
  use(text: string, device: Device): Promise<Held | WireAnswer>;
}

export function createSessionTokens(
  { sessions, clock }: Services,
  { realm }: Config,
): SessionTokens {
  const held = ({ session, grant }: Replies['use_grant'], text: string): Held => {
    return { session, grant, text, expire: expireOf(session, grant, clock.now()) };
  };

  return {
    async renew(text, { client, binding }) {
      const token = SESSION_TOKEN.read(text);
      // The successor of the last generation could not be written down: sign in again.
      if (!token || token.generation === GENERATION_LAST) return problem('bad_session_token');
      const outcome = await sessions.rotate(token, { realm, client, binding, scope: null });
      if ('refused' in outcome) return refused(outcome);
      return held(outcome, SESSION_TOKEN.write(outcome.token));
    },

    async use(text, { client, binding }) {
      const token = SESSION_TOKEN.read(text);
      if (!token) return problem('bad_session_token');
      const outcome = await sessions.useGrant(token, { realm, client, binding });
      return 'refused' in outcome ? refused(outcome) : held(outcome, text);
    },
  };
}
