/**
 * The endpoint for pushed authorization requests (RFC 9126): checks a request as authorize would,
 * and hands out a reference to it.
 */

import { jsonAnswer } from '../../answers.ts';
import { readAuthorizationRequest, readDestination } from '../authorization-request.ts';
import { readClientCall } from '../client-call.ts';
import type { Context, Handle } from '../context.ts';
import type { Parameters } from '../decode.ts';
import { type Problem, problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { keepPushed, PUSHED_LIFE } from '../pushed-request.ts';

export function createPushedRequest(context: Context): Handle {
  return async (request, realm) => {
    const call = await readClientCall(context, request, realm, notByReference);
    if ('error' in call) return problemAnswer(call);
    const jkt = await context.dpop.readProof(request);
    if (typeof jkt === 'object') return problemAnswer(jkt);
    const values = requestIn(call.form, call.client.id, jkt);
    const parsed = { values, repeated: new Set<string>() };
    const destination = readDestination(context.clients, realm, parsed);
    // AM's own word for a redirect URI that is not registered is none of RFC 9126, section 2.3.
    if ('error' in destination) return problemAnswer({ ...destination, error: 'invalid_request' });
    const asked = readAuthorizationRequest(parsed, call.client);
    if ('error' in asked) return problemAnswer(asked);
    if (jkt !== undefined && asked.dpopJkt !== jkt) return problemAnswer(OTHER_KEY);
    const kept = await keepPushed(context, call.client, values);
    if ('error' in kept) return problemAnswer(kept);
    const body = { request_uri: kept.uri, expires_in: PUSHED_LIFE };
    return jsonAnswer(201, body, ANSWER_HEADERS);
  };
}

/** What the client proves itself with is no part of its request. */
const PROOFS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** A proof that comes with the request binds the code to its key (RFC 9449, section 10.1). */
function requestIn(form: Parameters, client: string, jkt: string | undefined): Parameters {
  const values = new Map([...form].filter(([name]) => !PROOFS.includes(name)));
  values.set('client_id', client);
  if (jkt !== undefined && !values.has('dpop_jkt')) values.set('dpop_jkt', jkt);
  return values;
}

function notByReference(form: Parameters): object | Problem {
  return form.has('request_uri') ? BY_REFERENCE : {};
}

const BY_REFERENCE = problem(400, 'invalid_request', 'A pushed request has no request_uri');
const OTHER_KEY = problem(400, 'invalid_dpop_proof', 'dpop_jkt is not the key of the DPoP proof');
