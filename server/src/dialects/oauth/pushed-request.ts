/**
 * Pushed authorization requests (RFC 9126): kept for a moment, and named by a reference that the
 * browser brings instead.
 */

import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { type Parameters, type Parsed, REPEATED } from './decode.ts';
import { type Problem, problem } from './errors.ts';

/** What the references begin with (section 2.2). */
const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** How long a browser has to come with one, in seconds. */
export const PUSHED_LIFE = 60;

/** How long a page can be open at which the person signs in, in milliseconds, and then some. */
const REMEMBERED_MS = 3_600_000;

/** Characters of a request that is kept. */
const PUSHED_MAX = 16_384;

const PURPOSE = 'oauth pushed request';
const REFERENCE_BYTES = 32;

/** What AM's own form adds to the request: the person's word, and not the client's. */
const DECIDED = ['csrf', 'decision', 'save_consent'];

/** The reference of a request that was pushed. @throws StoreFault */
export async function keepPushed(
  { services, seals }: Context,
  client: Client,
  values: Parameters,
): Promise<{ readonly uri: string } | Problem> {
  const kept = JSON.stringify({ client: client.id, realm: client.realm, values: [...values] });
  if (kept.length > PUSHED_MAX) return TOO_LONG;
  const { clock, random, pending } = services;
  const reference = random.bytes(REFERENCE_BYTES).toString('base64url');
  const until = clock.now() + PUSHED_LIFE * 1000;
  // An ID token may be among the values, so that they do not stand there to be read.
  await pending.keep(PURPOSE, reference, seals.pushed.close(kept), until);
  return { uri: PREFIX + reference };
}

/**
 * The request that a browser brings by reference; any other is left as it is. What the browser says
 * beside the reference counts for nothing (RFC 9101, section 6.3).
 * @throws StoreFault
 */
export async function resolvePushed(
  { services, seals }: Context,
  realm: string,
  call: Parsed,
): Promise<Parsed | Problem> {
  const uri = call.values.get('request_uri');
  if (!isPushed(uri)) return call;
  if (call.repeated.size > 0) return REPEATED;
  const found = await services.pending.find(PURPOSE, uri.slice(PREFIX.length));
  const opened = found && seals.pushed.open(found.value);
  const kept = opened === undefined ? undefined : (JSON.parse(opened) as Kept);
  const isOwn = kept?.realm === realm && kept.client === call.values.get('client_id');
  if (!kept || !isOwn) return UNKNOWN;
  const isDecided = ([name]: readonly [string, string]) => DECIDED.includes(name);
  const asked = kept.values.filter((pair) => !isDecided(pair));
  const decided = [...call.values].filter(isDecided);
  const values = new Map([...asked, ['request_uri', uri], ...decided]);
  return { values, repeated: new Set() };
}

/** Uses a reference up, when its code is about to be made. False when it was. @throws StoreFault */
export async function spendPushed({ services }: Context, uri: string): Promise<boolean> {
  return services.once.use(PURPOSE, uri, services.clock.now() + REMEMBERED_MS);
}

export function isPushed(uri: string | undefined): uri is string {
  return uri?.startsWith(PREFIX) === true;
}

interface Kept {
  readonly client: string;
  readonly realm: string;
  readonly values: readonly (readonly [string, string])[];
}

export const SPENT = problem(400, 'invalid_request_uri', 'The request_uri was used before');
const UNKNOWN = problem(400, 'invalid_request_uri', 'The request_uri is unknown or has expired');
const TOO_LONG = problem(400, 'invalid_request', 'The request is too long');
