/**
 * Senders: what the sender of a request has proved to hold, and whether a token is bound to that.
 */

import type { Binding } from '../../engine/session.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { AccessClaims, Confirmation } from './access-token.ts';
import { certificateOf } from './certificate.ts';
import type { Client } from './clients.ts';
import type { Context, Handle } from './context.ts';
import { type Problem, problem } from './errors.ts';

/** Undefined for a bearer, whose tokens are good for whoever holds them. */
export interface Sender {
  readonly cnf: Confirmation | undefined;
}

/**
 * Of a call for tokens. They are bound to the key of its proof, and to its certificate where the
 * client is registered for that: a proxy hands on those of clients that are not as well.
 * @throws StoreFault
 */
export async function readSender(
  { dpop }: Context,
  request: WireRequest,
  client: Client,
): Promise<Sender | Problem> {
  const jkt = await dpop.readProof(request);
  if (typeof jkt === 'object') return jkt;
  if (jkt === undefined && client.isDpopBound) return NO_PROOF;
  const x5t = client.isCertificateBound ? certificateOf(request)?.thumbprint : undefined;
  if (x5t === undefined && client.isCertificateBound) return NO_CERTIFICATE;
  if (jkt === undefined && x5t === undefined) return { cnf: undefined };
  return { cnf: { ...(jkt && { jkt }), ...(x5t && { 'x5t#S256': x5t }) } };
}

/**
 * What the refresh tokens of a client are bound to: of a confidential one to its authentication, so
 * that it may bring another key each time; of a public one to its key or certificate, if it has any
 * (RFC 9449, section 5; RFC 8705, section 4).
 */
export function bindingOf({ id, isPublic }: Client, cnf: Confirmation | undefined): Binding {
  if (!isPublic) return { kind: 'client', value: id };
  if (cnf?.jkt !== undefined) return { kind: 'dpop', value: cnf.jkt };
  if (cnf?.['x5t#S256'] !== undefined) return { kind: 'mtls', value: cnf['x5t#S256'] };
  return { kind: 'none', value: '' };
}

/**
 * Why an access token is of no use in this request: its sender has not proved to hold the key that
 * it is bound to, or there is none, and the sender says so.
 * @param scheme By which the token came, in lower case.
 * @throws StoreFault
 */
export async function senderFault(
  { dpop }: Context,
  request: WireRequest,
  token: { readonly text: string; readonly claims: AccessClaims; readonly scheme: string },
): Promise<Problem | undefined> {
  const { jkt, 'x5t#S256': x5t } = token.claims.cnf ?? {};
  if (x5t !== undefined && certificateOf(request)?.thumbprint !== x5t) return OTHER_CERTIFICATE;
  if ((jkt !== undefined) !== (token.scheme === 'dpop')) return OTHER_SCHEME;
  if (jkt === undefined) return undefined;
  const proved = await dpop.readProof(request, token.text);
  // At a resource all of them are of status 401 (RFC 9449, section 7.1).
  if (typeof proved === 'object') return { ...proved, status: 401 };
  return proved === jkt ? undefined : OTHER_KEY;
}

/** Every answer to a client that sends proofs brings the nonce of the next one. */
export function withNonce({ dpop }: Context, handle: Handle): Handle {
  return async (request, realm) => {
    const answer: WireAnswer = await handle(request, realm);
    const nonce = request.headers.dpop === undefined ? undefined : dpop.nonce();
    if (nonce === undefined) return answer;
    return { ...answer, headers: { ...answer.headers, 'DPoP-Nonce': nonce } };
  };
}

const NO_CERTIFICATE = problem(400, 'invalid_request', 'The client must show a certificate');
const NO_PROOF = problem(400, 'invalid_dpop_proof', 'The client must send a DPoP proof');
const OTHER_SCHEME = problem(401, 'invalid_token', 'The access token came by the wrong scheme');
const OTHER_CERTIFICATE = problem(
  401,
  'invalid_token',
  'The access token is bound to another certificate',
);
const OTHER_KEY = problem(401, 'invalid_token', 'The access token is bound to another key');
