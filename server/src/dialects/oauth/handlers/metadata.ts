/**
 * What clients may know beforehand: the provider's metadata (OpenID Connect Discovery 1.0) and its
 * public keys (RFC 7517).
 */

import { jsonAnswer } from '../../answers.ts';
import { ASYMMETRIC, SYMMETRIC } from '../assertion-keys.ts';
import { RESPONSE_MODES } from '../authorization-request.ts';
import { DEVICE_GRANT, TOKEN_EXCHANGE } from '../clients.ts';
import type { Context, Handle } from '../context.ts';
import { DPOP_ALGORITHMS } from '../dpop.ts';
import { ENDPOINTS, issuerOf, type Operation } from '../issuer.ts';
import { TEXTS } from '../pages/language.ts';

const AUTHENTICATION = [
  ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
];

/** These need a proxy that takes certificates: they are named where a client uses them. */
const BY_CERTIFICATE = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;

/** Those that no client of the realm may use are not named. */
const SERVED = [
  ...[
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'password',
    DEVICE_GRANT,
    TOKEN_EXCHANGE,
  ],
];

/** Of client assertions. */
const SIGNATURES = [...ASYMMETRIC, ...SYMMETRIC];

export function createConfiguration({ services, clients, config }: Context): Handle {
  return async (request, realm) => {
    const issuer = issuerOf(config, realm, request.origin);
    const at = (operation: Operation) => issuer + ENDPOINTS[operation].path;
    const used = BY_CERTIFICATE.filter((method) => clients.methods(realm).has(method));
    const authentication = [...AUTHENTICATION, ...used];
    const algorithms = services.keyring.publicKeys().keys.map((key) => key.alg);
    return jsonAnswer(200, {
      issuer,
      authorization_endpoint: at('authorize'),
      token_endpoint: at('access token'),
      userinfo_endpoint: at('userinfo'),
      introspection_endpoint: at('introspect'),
      revocation_endpoint: at('revoke'),
      device_authorization_endpoint: at('device code'),
      end_session_endpoint: at('end session'),
      jwks_uri: at('keys'),
      scopes_supported: clients.scopes(realm),
      response_types_supported: ['code', 'none'],
      response_modes_supported: RESPONSE_MODES,
      grant_types_supported: SERVED.filter((one) => clients.grantTypes(realm).has(one)),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(algorithms)],
      token_endpoint_auth_methods_supported: authentication,
      token_endpoint_auth_signing_alg_values_supported: SIGNATURES,
      introspection_endpoint_auth_methods_supported: authentication,
      introspection_endpoint_auth_signing_alg_values_supported: SIGNATURES,
      revocation_endpoint_auth_methods_supported: authentication,
      revocation_endpoint_auth_signing_alg_values_supported: SIGNATURES,
      code_challenge_methods_supported: ['S256'],
      acr_values_supported: ['0', '1'],
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'acr',
        'amr',
        'nonce',
        'sid',
        'at_hash',
        'name',
        'given_name',
        'family_name',
        'preferred_username',
        'email',
      ],
      pushed_authorization_request_endpoint: at('pushed request'),
      require_pushed_authorization_requests: false,
      tls_client_certificate_bound_access_tokens: clients.hasCertificateBound(realm),
      dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      authorization_response_iss_parameter_supported: true,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      ui_locales_supported: Object.keys(TEXTS),
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      claims_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  };
}

export function createKeys({ services }: Context): Handle {
  return async () => jsonAnswer(200, services.keyring.publicKeys());
}
