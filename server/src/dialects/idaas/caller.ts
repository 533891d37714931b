/**
 * Callers: an application on a person's device, or its server with a tenant access token.
 */

import { authorization, jsonBody } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import { absent, DEVICE_MEMBERS, type Device, deviceHeaders, type Members } from './decode.ts';
import { deviceBinding } from './device.ts';
import { missing, problem, tokenError } from './errors.ts';
import type { TenantTokens } from './tenant-tokens.ts';

export interface ServerCaller extends Device {
  /** All members of the request. */
  readonly body: Members;
}

export interface Callers {
  /** Of the SDK: a tenant client on a device, both named in headers. */
  onDevice(request: WireRequest): Device | WireAnswer;
  /**
   * Of the tenant APIs: the server of an application, proven, for a device that it names.
   * @param member What must be in the body besides the device; it is looked for first.
   */
  onServer(request: WireRequest, member: string): ServerCaller | WireAnswer;
}

export function createCallers(
  { bad_bearer_status }: Config,
  clients: Clients,
  tenantTokens: TenantTokens,
): Callers {
  return {
    onDevice(request) {
      const caller = deviceHeaders(request);
      if (!caller) return problem('device_incomplete');
      return clients.isKnown(caller.client) ? caller : problem('unknown_client');
    },

    onServer(request, member) {
      const client = tenantTokens.read(authorization(request, 'bearer') ?? '');
      if (client === undefined) return tokenError('invalid_token', bad_bearer_status);
      const body = jsonBody(request);
      if (!body) return problem('unreadable_body');
      const name = absent(body, [member, ...DEVICE_MEMBERS]);
      if (name !== undefined) return missing(name);
      return { client, body, binding: deviceBinding(String(body.device_fingerprint)) };
    },
  };
}
