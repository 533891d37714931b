/**
 * `getSessionProperties` and `updateSessionProperties`: those that the config lists; the idle clock is
 * left alone (fact sheet 3.3).
 */

import type { Refusal } from '../../../../engine/refusal.ts';
import type { Facts } from '../../../../engine/session.ts';
import type { Target } from '../../caller.ts';
import type { Context } from '../../context.ts';
import type { Body } from '../../decode.ts';
import { type AmError, amError, FORBIDDEN } from '../../errors.ts';
import { isSettable, listedProperties } from '../../properties.ts';
import type { Call, Reply } from '../../resource.ts';
import type { SessionAction } from './action.ts';

export const getSessionProperties: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: amError(400),
  async run({ services, config }, { realm }, { token }) {
    const found = await services.sessions.look(token, realm);
    return 'refused' in found ? found : { body: listedProperties(found.session, config) };
  },
};

export const updateSessionProperties: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: amError(400),
  run: (context, call, target) => updateProperties(context, call, target, readValues(call.body)),
};

/** Sets properties, all or none, and shows what has become of them; null takes one away. */
export async function updateProperties(
  { services: { sessions }, config }: Context,
  { realm }: Call,
  { token }: Target,
  values: Readonly<Record<string, string | null>> | undefined,
): Promise<Reply | AmError | Refusal> {
  // Whether the session is alive comes first.
  const found = await sessions.look(token, realm);
  if ('refused' in found) return found;
  if (!values) return amError(400);
  if (!Object.keys(values).every((name) => isSettable(config, name))) return FORBIDDEN;
  const set = await sessions.setFacts(token, realm, values);
  if (!('refused' in set)) return { body: listedProperties(set.session, config) };
  if (set.refused !== 'limit_reached') return set;
  return amError(400, 'The session has no room for these properties');
}

/** Undefined for none, and for values that are no text. */
export function readValues({ tokenId, ...rest }: Body): Facts | undefined {
  const values = Object.entries(rest);
  const areTexts = values.every(([, value]) => typeof value === 'string' && value.isWellFormed());
  return areTexts && values.length > 0 ? (rest as Facts) : undefined;
}
