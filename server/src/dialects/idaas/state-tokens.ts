/**
 * State tokens: a sign-in whose password is right, and has to be changed or is about to.
 *
 * A JWS for one person, application and device, good for one step. The epoch of the sign-in goes
 * with it, so that whoever is signed out everywhere meanwhile is not let in by it.
 */

import type { Person } from '../../directory/directory.ts';
import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';
import type { Device } from './decode.ts';

const TYPE = 'idaas-state+jwt';

/** `warned`: the password goes on for a while, so that its change may be skipped. */
export type Step = 'warned' | 'expired';

export interface State {
  readonly person: Person;
  readonly epoch: number;
  readonly step: Step;
  /** Uses the token: true for whoever comes first. */
  readonly use: () => Promise<boolean>;
}

export interface StateTokens {
  issue(step: Step, person: Person, epoch: number, device: Device): string;
  /** Undefined for what is not for this device and application, over, or overtaken. */
  read(text: string, device: Device): Promise<State | undefined>;
}

export function createStateTokens(
  { keyring, clock, random, once, directory, sessions }: Services,
  { realm, state_token_life }: Config,
): StateTokens {
  return {
    issue(step, { subject }, epoch, { client, binding }) {
      const exp = Math.ceil((clock.now() + state_token_life) / 1000);
      const jti = random.bytes(12).toString('base64url');
      const device = binding.value;
      return keyring.sign({ subject, realm, epoch, step, client, device, jti, exp }, TYPE);
    },

    async read(text, { client, binding }) {
      const claims = keyring.verify(text, TYPE);
      if (claims?.realm !== realm || claims.client !== client) return undefined;
      if (claims.device !== binding.value) return undefined;
      const { epoch, jti } = claims;
      const until = Number(claims.exp) * 1000;
      if (clock.now() >= until) return undefined;
      const person = await directory.find(realm, String(claims.subject));
      if (!person?.active) return undefined;
      if ((await sessions.epoch(realm, person.subject)) !== epoch) return undefined;
      const use = () => once.use('idaas/state-token', String(jti), until);
      return { person, epoch, step: claims.step === 'expired' ? 'expired' : 'warned', use };
    },
  };
}
