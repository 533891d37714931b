/**
 * The properties of version 1: `getPropertyNames`, `getProperty`, `setProperty`, `deleteProperty`
 * (fact sheet 3.3).
 */

import type { Refusal } from '../../../../engine/refusal.ts';
import type { Body } from '../../decode.ts';
import { type AmError, amError, FORBIDDEN } from '../../errors.ts';
import { isListed, listedProperties, namedProperties } from '../../properties.ts';
import type { Reply } from '../../resource.ts';
import type { RealmAction, SessionAction } from './action.ts';
import { readValues, updateProperties } from './session-properties.ts';

export const getPropertyNames: RealmAction = {
  on: 'realm',
  right: 'signed_in',
  run: async ({ config }) => ({ body: { properties: config.session_properties } }),
};

export const getProperty: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: { body: {} },
  async run({ services, config }, { realm, body }, { token }) {
    const found = await services.sessions.look(token, realm);
    if ('refused' in found) return found;
    if ((body.properties ?? null) === null)
      return { body: listedProperties(found.session, config) };
    const names = readNames(body);
    if (!names) return amError(400);
    if (!names.every((name) => isListed(config, name))) return FORBIDDEN;
    return { body: namedProperties(found.session, names) };
  },
};

export const setProperty: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: { body: { success: false } },
  run: async (context, call, target) =>
    success(await updateProperties(context, call, target, readValues(call.body))),
};

/** What is gone reads as empty, as if AM had set it to nothing. */
export const deleteProperty: SessionAction = {
  ...setProperty,
  async run(context, call, target) {
    const names = readNames(call.body);
    const values = names && Object.fromEntries(names.map((name) => [name, null]));
    return success(await updateProperties(context, call, target, values));
  },
};

function success(outcome: Reply | AmError | Refusal): Reply | AmError | Refusal {
  return 'body' in outcome ? { body: { success: true } } : outcome;
}

/** Undefined unless it is a list of names. */
function readNames({ properties }: Body): readonly string[] | undefined {
  if (!Array.isArray(properties)) return undefined;
  return properties.every((name) => typeof name === 'string') ? properties : undefined;
}
