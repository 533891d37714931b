/**
 * Grant type `client_credentials` (RFC 6749, section 4.4): an access token for the client itself.
 * There is no session, and so no refresh token.
 */

import { clientClaims } from '../access-token.ts';
import { scopeFor } from '../authorization-request.ts';
import type { Context, GrantType } from '../context.ts';
import { accessAnswer } from '../encode.ts';
import { problemAnswer } from '../errors.ts';
import { issuerOf } from '../issuer.ts';
import { timesFrom } from '../times.ts';

export function createClientCredentialsGrant(context: Context): GrantType {
  const { config, accessTokens } = context;
  const { clock, random } = context.services;

  return async ({ request, realm, form, client, cnf }) => {
    const scope = scopeFor(client, form.get('scope'));
    if ('error' in scope) return problemAnswer(scope);
    const issuer = issuerOf(config, realm, request.origin);
    const times = timesFrom(clock.now(), config.access_token_life);
    const claims = clientClaims(issuer, client.id, scope.words, times, cnf, random);
    const accessToken = accessTokens.write(claims, client.accessTokenFormat);
    return accessAnswer(claims, accessToken, times.expiresIn);
  };
}
