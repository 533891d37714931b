/**
 * What other dialects are told of an access token that somebody shows them as a bearer.
 */

import type { Dialect } from '../dialect.ts';
import { seeAccessToken } from './access.ts';
import type { Context } from './context.ts';

type ReadAccessToken = NonNullable<Dialect['readAccessToken']>;

export function createReadAccessToken(context: Context): ReadAccessToken {
  return async (text, realm) => {
    const claims = context.accessTokens.read(text);
    // The other dialects are the realm itself; a token for some other resource is not for them.
    if (!claims || ![claims.aud].flat().includes(claims.iss)) return undefined;
    // It is bound to a key, which a bearer has not shown (RFC 9449, RFC 8705).
    if (claims.cnf) return undefined;
    const access = await seeAccessToken(context, claims, realm);
    // A client's own token stands for nobody.
    if (!access || 'refused' in access || !access.session) return undefined;
    const { client_id: client, scope } = claims;
    return { session: access.session, client, scope: scope.split(' ') };
  };
}
