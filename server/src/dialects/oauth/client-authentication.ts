/**
 * Client authentication (RFC 6749, section 2.3): HTTP Basic, the form, or none for public clients.
 *
 * It comes before anything is looked at or used: a token in a call that fails here was not used.
 * A Bearer header is no client authentication and is left alone.
 */

import { authorization, basicCredentials } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import type { Client, Clients } from './clients.ts';
import type { Parameters } from './decode.ts';
import { type Problem, problem } from './errors.ts';

const FAILED = 'Client authentication failed';

export function authenticateClient(
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
  // A public client has nothing to prove; a secret that it sends all the same is a dummy.
  const isPublic = client !== undefined && client.secret === null;
  if (basic && formId !== undefined && formId !== (client?.id ?? basic.user)) return twoMethods();
  if (isPublic) return client;
  if (basic && formSecret !== undefined) return twoMethods();
  if (usesBasic && !basic) return failed(realm);

  const secrets = basic ? [basic.password, formDecoded(basic.password)] : [formSecret ?? ''];
  // The same work whether or not there is such a client.
  const isGenuine = secrets.map((one) => sameSecret(one, client?.secret ?? '')).includes(true);
  return client && isGenuine ? client : failed(usesBasic ? realm : undefined);
}

/** @param challenged The realm to name in a challenge, which only users of Basic are sent. */
function failed(challenged?: string): Problem {
  const headers = challenged && { 'WWW-Authenticate': `Basic realm="/${challenged}"` };
  return problem(401, 'invalid_client', FAILED, headers || {});
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
