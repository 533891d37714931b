/**
 * Devices that wait for a person (RFC 8628): one row each, found by the short code that the person
 * types. The device's own long code is sealed, and leads to the same row.
 */

import type { Session, SessionId } from '../../engine/session.ts';
import type { Found } from '../../sessions/pending.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';

const PURPOSE = 'oauth device';
const PREFIX = 'lamp_dc_';
const ID_BYTES = 16;

/** AM's: no letters and digits that look alike (fact sheet 4.5). */
const ALPHABET = '234567ACDEFGHJKLMNPQRSTWXYZabcdefhijkmnopqrstwxyz';
const USER_CODE_LENGTH = 8;

/** What stands in the row. */
export interface Device {
  /** Of this row: a short code may come again. */
  readonly id: string;
  readonly client: string;
  readonly scope: readonly string[];
  readonly challenge: string | null;
  /** Scheme and authority that the device used. */
  readonly origin: string;
  readonly state: 'pending' | 'approved' | 'denied' | 'granted';
  /** Of the person who has decided. */
  readonly session: SessionId | null;
  /** The first refresh token, sealed, so that whoever lost the answer gets it again. */
  readonly token: string | null;
  readonly polledAt: number;
  readonly intervalMs: number;
}

/** A device's row as it was found. */
export interface Waiting {
  readonly device: Device;
  readonly userCode: string;
  readonly row: Found;
}

/** What a device's long code says. */
interface DeviceCode {
  readonly realm: string;
  readonly userCode: string;
  readonly id: string;
  readonly until: number;
}

export type DeviceAsk = Pick<Device, 'scope' | 'challenge' | 'origin'>;

/** @throws StoreFault */
export async function keepDevice(
  { services, seals, config }: Context,
  realm: string,
  client: Client,
  ask: DeviceAsk,
): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
  const { pending, random, clock } = services;
  const id = random.bytes(ID_BYTES).toString('base64url');
  const device: Device = {
    ...ask,
    id,
    client: client.id,
    state: 'pending',
    session: null,
    token: null,
    polledAt: clock.now() - config.device_interval,
    intervalMs: config.device_interval,
  };
  const until = clock.now() + config.device_code_life;
  for (;;) {
    const userCode = drawUserCode(services);
    // One that is waiting under the same code is not disturbed.
    const name = nameOf(realm, userCode);
    if (!(await pending.keep(PURPOSE, name, JSON.stringify(device), until))) continue;
    const code: DeviceCode = { realm, userCode, id, until };
    return { deviceCode: PREFIX + seals.device.close(JSON.stringify(code)), userCode };
  }
}

/** @throws StoreFault */
export async function findDevice(
  { services }: Context,
  realm: string,
  userCode: string,
): Promise<Waiting | undefined> {
  const row = await services.pending.find(PURPOSE, nameOf(realm, userCode));
  return row && { row, userCode, device: JSON.parse(row.value) as Device };
}

/** The row of a device's own code; `expired` when it is gone. Undefined for what is no such code. */
export async function findByDeviceCode(
  context: Context,
  realm: string,
  text: string,
): Promise<Waiting | 'expired' | undefined> {
  const opened = text.startsWith(PREFIX)
    ? context.seals.device.open(text.slice(PREFIX.length))
    : undefined;
  const code = opened === undefined ? undefined : (JSON.parse(opened) as DeviceCode);
  if (code?.realm !== realm) return undefined;
  const waiting = await findDevice(context, realm, code.userCode);
  return waiting?.device.id === code.id ? waiting : 'expired';
}

/** False when somebody else has changed it since. @throws StoreFault */
export async function changeDevice(
  { services }: Context,
  realm: string,
  { device, userCode, row }: Waiting,
  change: Partial<Device>,
): Promise<boolean> {
  const value = JSON.stringify({ ...device, ...change });
  return services.pending.replace(PURPOSE, nameOf(realm, userCode), row, value);
}

/** Allows or denies, once. False when it is too late. @throws StoreFault */
export async function decide(
  context: Context,
  session: Session,
  waiting: Waiting,
  isAllowed: boolean,
): Promise<boolean> {
  let found: Waiting | undefined = waiting;
  // A device that asks meanwhile changes the row too.
  while (found?.device.id === waiting.device.id && found.device.state === 'pending') {
    const state = isAllowed ? 'approved' : 'denied';
    const change = { state, session: session.id } as const;
    if (await changeDevice(context, session.realm, found, change)) return true;
    found = await findDevice(context, session.realm, waiting.userCode);
  }
  return false;
}

/** As it was typed, without what people put between the letters. */
export function readUserCode(typed: string | undefined): string {
  return (typed ?? '').replaceAll(/[\s-]/g, '').slice(0, 64);
}

function drawUserCode({ random }: Context['services']): string {
  let code = '';
  while (code.length < USER_CODE_LENGTH) {
    const [byte = 0] = random.bytes(1);
    // Each letter as likely as any other.
    code += byte < 256 - (256 % ALPHABET.length) ? ALPHABET.charAt(byte % ALPHABET.length) : '';
  }
  return code;
}

/** A realm's name holds no blank. */
function nameOf(realm: string, userCode: string): string {
  return `${realm} ${userCode}`;
}
