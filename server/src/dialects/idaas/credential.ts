/**
 * The portal's door: a session token, bound to a device, for a session that is open already.
 */

import type { Refusal } from '../../engine/refusal.ts';
import type { Credential, CredentialFault, Dialect, Services } from '../dialect.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import { deviceBinding } from './device.ts';
import { expireOf } from './encode.ts';
import { grantFor } from './grant.ts';
import { KIND, SESSION_TOKEN, SLOT_LAST } from './shape.ts';

const NO_ROOM: Refusal = { refused: 'limit_reached', limit: 'grants' };

export function createCredential(
  { sessions, clock }: Services,
  config: Config,
  clients: Clients,
): Dialect['credential'] {
  return async (session, ask): Promise<Credential | CredentialFault | Refusal> => {
    if (session.realm !== config.realm) return { fault: 'the session is of another realm' };
    if (!ask.device) return { fault: 'a session token needs the fingerprint of a device' };
    const client = ask.application ?? clients.ids[0];
    if (client === undefined || !clients.isKnown(client)) {
      return { fault: 'the application is none of the tenant clients' };
    }
    // A session token has room for the first few slots of a record only.
    if (session.nextSlot > SLOT_LAST) return NO_ROOM;
    const grant = grantFor(config, client, deviceBinding(ask.device), false);
    const outcome = await sessions.addGrant(session, grant, KIND);
    if ('refused' in outcome) return outcome;
    const { token } = outcome;
    if (token.slot > SLOT_LAST) {
      await sessions.endPart(session, token.slot, { reason: 'made_room', by: 'policy' });
      return NO_ROOM;
    }
    const expire = expireOf(outcome.session, outcome.grant, clock.now());
    return { credential: { session_token: SESSION_TOKEN.write(token), expire } };
  };
}
