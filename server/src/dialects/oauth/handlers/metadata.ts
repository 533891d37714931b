/**
 * What clients may know beforehand: the provider's metadata (OpenID Connect Discovery 1.0) and its
 * public keys (RFC 7517).
 */

import { jsonAnswer } from '../../answers.ts';
import type { Context, Handle } from '../context.ts';
import { ENDPOINTS, issuerOf, type Operation } from '../issuer.ts';

const AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'none'];

export function createConfiguration({ services, clients, config }: Context): Handle {
  return async (request, realm) => {
    const issuer = issuerOf(config, realm, request.origin);
    const at = (operation: Operation) => issuer + ENDPOINTS[operation].path;
    const algorithms = services.keyring.publicKeys().keys.map((key) => key.alg);
    return jsonAnswer(200, {
      issuer,
      authorization_endpoint: at('authorize'),
      token_endpoint: at('access token'),
      userinfo_endpoint: at('userinfo'),
      introspection_endpoint: at('introspect'),
      revocation_endpoint: at('revoke'),
      end_session_endpoint: at('end session'),
      jwks_uri: at('keys'),
      scopes_supported: clients.scopes(realm),
      response_types_supported: ['code', 'none'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(algorithms)],
      token_endpoint_auth_methods_supported: AUTHENTICATION,
      introspection_endpoint_auth_methods_supported: AUTHENTICATION,
      revocation_endpoint_auth_methods_supported: AUTHENTICATION,
      code_challenge_methods_supported: ['S256'],
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'sid',
        'at_hash',
        'name',
        'given_name',
        'family_name',
        'preferred_username',
        'email',
      ],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  };
}

export function createKeys({ services }: Context): Handle {
  return async () => jsonAnswer(200, services.keyring.publicKeys());
}
