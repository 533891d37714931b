/**
 * This dialect's credential for a session that is open: a code, as if its client had asked for it.
 */

import type { Refusal } from '../../engine/refusal.ts';
import type { Credential, CredentialFault, Dialect } from '../dialect.ts';
import { issueCode } from './code.ts';
import type { Context } from './context.ts';

/**
 * Only for a confidential client with implied consent: a public one must bring a challenge of its
 * own, and where consent is to be asked for, a person must be there. The code is bound to the
 * client's first redirect URI; its scope is all that the client may have while the session lasts.
 */
export function createCredential(context: Context): Dialect['credential'] {
  const { clients, config } = context;

  return async (session, ask): Promise<Credential | CredentialFault | Refusal> => {
    const client = clients.find(session.realm, ask.application ?? '');
    const redirectUri = client?.redirectUris[0];
    if (!client || client.isPublic || redirectUri === undefined) return ELSEWHERE;
    if (!client.impliedConsent || !client.grantTypes.has('authorization_code')) return ELSEWHERE;
    const issued = await issueCode(context, session, {
      client,
      scope: [...client.scopes].filter((word) => word !== 'offline_access'),
      redirectUri,
      challenge: undefined,
      nonce: undefined,
      origin: ask.origin,
    });
    if ('refused' in issued) return issued;
    return {
      credential: {
        code: issued.code,
        client_id: client.id,
        redirect_uri: redirectUri,
        expires_in: Math.floor(config.code_life / 1000),
      },
    };
  };
}

const ELSEWHERE: CredentialFault = {
  fault:
    'name a confidential client with a redirect URI and implied consent as the application; ' +
    'others start at the authorize endpoint',
};
