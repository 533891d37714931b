/**
 * Client authentication (RFC 6749, section 2.3): HTTP Basic, the form, an assertion, a certificate,
 * or none for public clients.
 *
 * It comes before anything is looked at or used: a token in a call that fails here was not used.
 * A Bearer header is no client authentication and is left alone.
 */

import { hash, timingSafeEqual } from 'node:crypto';
import { authorization, basicCredentials } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { certificateOf } from './certificate.ts';
import { ASSERTION_TYPE, verifyAssertion } from './client-assertion.ts';
import type { Client, Clients } from './clients.ts';
import type { Context } from './context.ts';
import type { Parameters } from './decode.ts';
import { type Problem, problem } from './errors.ts';

const FAILED = 'Client authentication failed';

/** @throws StoreFault */
export async function authenticateClient(
  context: Context,
  request: WireRequest,
  realm: string,
  form: Parameters,
): Promise<Client | Problem> {
  if (!form.has('client_assertion') && !form.has('client_assertion_type')) {
    return bySecret(context.clients, request, realm, form);
  }
  const usesBasic = authorization(request, 'basic') !== undefined;
  if (usesBasic || form.has('client_secret')) return twoMethods();
  const assertion = form.get('client_assertion');
  if (assertion === undefined || form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return failed();
  }
  const named = form.get('client_id');
  return (await verifyAssertion(context, request, realm, { assertion, named })) ?? failed();
}

function bySecret(
  clients: Clients,
  request: WireRequest,
  realm: string,
  form: Parameters,
): Client | Problem {
  const basic = basicCredentials(request);
  const usesBasic = basic !== undefined || authorization(request, 'basic') !== undefined;
  const formId = form.get('client_id');
  const formSecret = form.get('client_secret');

  const client = basic
    ? (clients.find(realm, basic.user) ?? clients.find(realm, formDecoded(basic.user)))
    : clients.find(realm, formId ?? '');
  if (basic && formId !== undefined && formId !== (client?.id ?? basic.user)) return twoMethods();
  // A public client has nothing to prove; a secret that it sends all the same is a dummy.
  if (client?.isPublic) return client;
  if (basic && formSecret !== undefined) return twoMethods();
  if (usesBasic && !basic) return failed(realm);

  if (!basic && formSecret === undefined && client?.isOwnCertificate) {
    const certificate = certificateOf(request);
    return certificate && client.isOwnCertificate(certificate) ? client : failed();
  }

  const secrets = basic ? [basic.password, formDecoded(basic.password)] : [formSecret ?? ''];
  // The same work whether or not there is such a client.
  const expected = client?.secretDigest ?? NOBODYS;
  const isGenuine = secrets.map((one) => timingSafeEqual(digest(one), expected)).includes(true);
  const challenged = usesBasic ? realm : undefined;
  if (!client || !isGenuine) return failed(challenged);
  const method = basic ? 'client_secret_basic' : 'client_secret_post';
  return client.methods.has(method) ? client : failed(challenged, OTHER_METHOD);
}

const OTHER_METHOD = 'Invalid authentication method for accessing this endpoint.';

/** No secret has it. */
const NOBODYS = Buffer.alloc(32);

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** @param challenged The realm to name in a challenge, which only users of Basic are sent. */
function failed(challenged?: string, text = FAILED): Problem {
  const headers = challenged && { 'WWW-Authenticate': `Basic realm="/${challenged}"` };
  return problem(401, 'invalid_client', text, headers || {});
}

/** Two methods in one call, or two clients (RFC 6749, section 2.3). */
function twoMethods(): Problem {
  return problem(400, 'invalid_request', FAILED);
}

/** Id and secret are form-encoded before Basic (section 2.3.1), which many clients leave out. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
