/**
 * Grant type `device_code` (RFC 8628, section 3.4): a device asks whether its person has decided.
 */

import type { Refusal } from '../../../engine/refusal.ts';
import type { WireAnswer } from '../../dialect.ts';
import { authenticationFacts } from '../authentication.ts';
import type { Context, GrantType, TokenCall } from '../context.ts';
import { changeDevice, type Device, findByDeviceCode, type Waiting } from '../device.ts';
import { type Issued, tokenAnswer } from '../encode.ts';
import { problem, problemAnswer, refused } from '../errors.ts';
import { grantAsk, originFacts } from '../grant.ts';
import { challengeOf } from '../pkce.ts';
import { bindingOf } from '../sender.ts';
import { REFRESH_KIND, refreshShape } from '../shape.ts';

/** Clocks and networks are not exact. */
const TOLERANCE_MS = 500;

/** RFC 8628, section 3.5. */
const SLOWER_MS = 5000;

export function createDeviceGrant(context: Context): GrantType {
  const turns: Turns = new Map();

  return async (call) => {
    const { realm, form, client } = call;
    const text = form.get('device_code');
    if (text === undefined) return problemAnswer(MISSING);
    const waiting = await findByDeviceCode(context, realm, text);
    if (waiting === undefined) return refused({ refused: 'unknown_token' });
    if (waiting === 'expired') return problemAnswer(EXPIRED);
    const { device } = waiting;
    if (device.client !== client.id) return refused({ refused: 'wrong_client' });
    if (!isVerified(device, form.get('code_verifier'))) {
      return refused({ refused: 'ticket_mismatch' });
    }
    switch (device.state) {
      case 'pending':
        return pendingAnswer(context, realm, waiting);
      case 'denied':
        return problemAnswer(DENIED);
      case 'approved':
        return firstAnswer(context, call, waiting, turns);
      case 'granted':
        return sameAnswer(context, call, device);
    }
  };
}

/** A device that asks too often is told to wait longer from now on. */
async function pendingAnswer(
  context: Context,
  realm: string,
  waiting: Waiting,
): Promise<WireAnswer> {
  const { polledAt, intervalMs } = waiting.device;
  const now = context.services.clock.now();
  const isSoon = now - polledAt < intervalMs - TOLERANCE_MS;
  const slower = isSoon ? intervalMs + SLOWER_MS : intervalMs;
  // Whoever was quicker has written something as good, or a decision.
  await changeDevice(context, realm, waiting, { polledAt: now, intervalMs: slower });
  return problemAnswer(isSoon ? SLOW_DOWN : PENDING);
}

/** Grants that are being made, by device: impatient ones must not fill the session with them. */
type Turns = Map<string, Promise<Refusal | undefined>>;

async function firstAnswer(
  context: Context,
  call: TokenCall,
  waiting: Waiting,
  turns: Turns,
): Promise<WireAnswer> {
  const { id } = waiting.device;
  const turn = turns.get(id) ?? makeGrant(context, call, waiting).finally(() => turns.delete(id));
  turns.set(id, turn);
  const refusal = await turn;
  if (refusal) return refused(refusal);
  const again = await findByDeviceCode(context, call.realm, call.form.get('device_code') ?? '');
  if (typeof again !== 'object') return problemAnswer(EXPIRED);
  return sameAnswer(context, call, again.device);
}

async function makeGrant(
  context: Context,
  { realm, client, cnf }: TokenCall,
  waiting: Waiting,
): Promise<Refusal | undefined> {
  const { services, config, seals } = context;
  const { sessions } = services;
  const { scope, origin, session: id } = waiting.device;
  const approver = id === null ? undefined : await sessions.inspect(id);
  if (!approver) return { refused: 'unknown_token' };
  const facts = { ...originFacts(config, origin), ...authenticationFacts(approver.session) };
  const ask = grantAsk(config, client, { scope, facts, isSignIn: false, cnf });
  const made = await sessions.addGrant(approver.session, ask, REFRESH_KIND);
  if ('refused' in made) return made;
  const token = seals.device.close(refreshShape.write(made.token));
  if (await changeDevice(context, realm, waiting, { state: 'granted', token })) return undefined;
  // The same device asked another process, which was quicker: its grant is the one.
  await sessions.endPart(made.session, made.grant.slot, { reason: 'made_room', by: 'system' });
  return undefined;
}

/** Whoever lost the answer gets it again, until the token has been used to renew. */
async function sameAnswer(context: Context, call: TokenCall, device: Device): Promise<WireAnswer> {
  const { sessions } = context.services;
  const { realm, client, cnf } = call;
  const token = refreshShape.read(context.seals.device.open(device.token ?? '') ?? '');
  const found = token && (await sessions.inspectToken(token));
  const grant = found?.session.grants.find(({ slot }) => slot === token?.slot);
  if (!token || grant?.generation !== token.generation) {
    return refused({ refused: 'ticket_spent' });
  }
  const binding = bindingOf(client, cnf);
  const used = await sessions.useGrant(token, { realm, client: client.id, binding });
  return 'refused' in used ? refused(used) : answer(context, call, { ...used, token });
}

function answer(context: Context, { request, client, cnf }: TokenCall, issued: Issued) {
  const { scope } = issued.grant;
  return tokenAnswer(context, request, client, issued, { scope, nonce: undefined, cnf });
}

/** As for a code: a verifier without a challenge is wrong as well. */
function isVerified({ challenge }: Device, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === (verifier ?? null);
  return challengeOf(verifier) === challenge;
}

const MISSING = problem(400, 'invalid_request', "Missing parameter, 'device_code'");
const PENDING = problem(400, 'authorization_pending', 'The person has not decided yet');
const SLOW_DOWN = problem(400, 'slow_down', 'Wait 5 seconds longer between two requests');
const DENIED = problem(400, 'access_denied', 'Resource Owner did not authorize the request');
const EXPIRED = problem(400, 'expired_token', 'The device code has expired');
