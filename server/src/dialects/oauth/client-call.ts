/**
 * Calls of clients, to the token endpoint and its siblings: the form, what it asks for, and whose
 * it is.
 */

import type { WireRequest } from '../dialect.ts';
import { authenticateClient } from './client-authentication.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { type Parameters, readForm } from './decode.ts';
import { type Problem, problem } from './errors.ts';

export interface ClientCall {
  readonly form: Parameters;
  readonly client: Client;
}

/**
 * @param readAsk What the endpoint wants to know of the form, before whose it is.
 * @throws StoreFault
 */
export async function readClientCall<Ask extends object>(
  context: Context,
  request: WireRequest,
  realm: string,
  readAsk: (form: Parameters) => Ask | Problem,
): Promise<(ClientCall & Ask) | Problem> {
  const form = readForm(request);
  if ('error' in form) return form;
  const ask = readAsk(form);
  if ('error' in ask) return ask;
  const client = await authenticateClient(context, request, realm, form);
  return 'error' in client ? client : { ...ask, form, client };
}

/** The token that a call is about. */
export function readToken(form: Parameters): { readonly token: string } | Problem {
  const token = form.get('token');
  return token === undefined ? NO_TOKEN : { token };
}

const NO_TOKEN = problem(400, 'invalid_request', 'Missing parameter: token');
