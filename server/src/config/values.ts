/**
 * The kinds of value that options have, with the text an operator writes for each.
 *
 * The message of a kind says what is expected, as a noun: "a length of time such as 90s".
 */

import { isIP } from 'node:net';
import { z } from 'zod';

/** The options of a dialect, as its `config.ts` defines them. */
export type OptionsSchema = z.ZodType;

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const UNITS_BYTES = { B: 1, KiB: 1024, MiB: 1024 * 1024 } as const;

const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const SIZE = /^(\d{1,9})(B|KiB|MiB)$/;

/** A name, an IPv4 address, or an IPv6 address in brackets, as a Host header has it. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])$/;

/** Scheme, host and port alone: neither a path nor a `*`. */
const ORIGIN =
  /^[a-z][a-z0-9+.-]{0,31}:\/\/(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[1-9]\d{0,4})?$/;

/** The longest length of time that is believed: ten years. */
const LONGEST = '3650d';

export interface Bounds {
  /** As an operator writes them, both included. */
  readonly from?: string;
  readonly to?: string;
}

/** A length of time such as `90s`, `30m`, `12h`, `7d`; in milliseconds once it is read. */
export function duration(doc: string, { from = '0ms', to = LONGEST }: Bounds = {}) {
  const isBounded = from !== '0ms' || to !== LONGEST;
  const expected = isBounded
    ? `a length of time from ${from} to ${to}, such as 90s, 30m, 12h or 7d`
    : 'a length of time such as 90s, 30m, 12h or 7d';
  return z
    .string({ error: expected })
    .regex(DURATION, { error: expected, abort: true })
    .refine((written) => isWithin(toMs(written), toMs(from), toMs(to)), {
      error: expected,
      abort: true,
    })
    .transform(toMs)
    .meta({ description: doc, unit: 'ms' });
}

/**
 * A length of time that a token of the keyring's keys may live: keys stay in the ring for as long as
 * the longest of these.
 */
export function tokenLife(doc: string, bounds?: Bounds) {
  return duration(doc, bounds).meta({ description: doc, unit: 'ms', tokenLife: true });
}

/** An amount of memory such as `64KiB`; in bytes once it is read. */
export function size(doc: string, { from, to }: Required<Bounds>) {
  const expected = `a size from ${from} to ${to}, in B, KiB or MiB`;
  return z
    .string({ error: expected })
    .regex(SIZE, { error: expected, abort: true })
    .refine((written) => isWithin(toBytes(written), toBytes(from), toBytes(to)), {
      error: expected,
      abort: true,
    })
    .transform(toBytes)
    .meta({ description: doc, unit: 'B' });
}

/** A whole number, both bounds included. */
export function count(doc: string, from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return z.int({ error: expected }).min(from, expected).max(to, expected).describe(doc);
}

/** A value that is never shown: `config print` and the logs say `[secret]`. */
export function secret(doc: string) {
  const expected = 'text of 1 to 4096 characters';
  return z
    .string({ error: expected })
    .min(1, expected)
    .max(4096, expected)
    .meta({ description: doc, secret: true });
}

/** What a person signs in with, as the directory takes it. */
export function login(doc: string) {
  const expected = 'text of 1 to 128 characters without spaces and colons';
  return z
    .string({ error: expected })
    .regex(/^[^\s:]{1,128}$/u, expected)
    .describe(doc);
}

/** A password, as the directory takes it. */
export function password(doc: string) {
  const expected = 'text of 8 to 1024 characters; in quotes, if it looks like a number';
  return z
    .string({ error: expected })
    .min(8, expected)
    .max(1024, expected)
    .meta({ description: doc, secret: true });
}

/** A short line of text. */
export function text(doc: string) {
  const expected = 'text of 1 to 1024 characters';
  return z.string({ error: expected }).min(1, expected).max(1024, expected).describe(doc);
}

/** A name that stands in paths and keys: letters, digits, `.`, `_` and `-`. */
export function name(doc: string) {
  const expected = 'a name: letters, digits, ".", "_" and "-", 64 at most';
  return z
    .string({ error: expected })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, expected)
    .describe(doc);
}

/** The names of hosts, without port. Default: none, which stands for every host. */
export function hosts(doc: string) {
  const expected = 'the name of a host in lower case and without port, such as sso.example.com';
  return z
    .array(z.string({ error: expected }).regex(HOST, expected))
    .max(1000)
    .refine((written) => new Set(written).size === written.length, {
      message: 'must not name a host twice',
    })
    .describe(doc)
    .default([]);
}

/** Scheme and authority of a page, as browsers write them in `Origin` (RFC 6454, section 6.1). */
export function origin(doc: string) {
  const expected = 'an origin such as https://app.example: lower case, no path, no "/" at its end';
  return z.string({ error: expected }).refine(isOrigin, expected).describe(doc);
}

/** An address such as `10.0.0.7`, or a network such as `10.0.0.0/8`. */
export function network(doc: string) {
  const expected = 'an address such as 10.0.0.7, or a network such as 10.0.0.0/8';
  return z.string({ error: expected }).refine(isNetwork, expected).describe(doc);
}

/** The shortest text that `duration` reads as this many milliseconds. */
export function durationText(ms: number): string {
  return inUnits(ms, UNITS_MS);
}

/** The shortest text that `size` reads as this many bytes. */
export function sizeText(bytes: number): string {
  return inUnits(bytes, UNITS_BYTES);
}

function toMs(written: string): number {
  const [, count, unit] = DURATION.exec(written) ?? [];
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function toBytes(written: string): number {
  const [, count, unit] = SIZE.exec(written) ?? [];
  return Number(count) * UNITS_BYTES[unit as keyof typeof UNITS_BYTES];
}

function isOrigin(written: string): boolean {
  if (!ORIGIN.test(written)) return false;
  // Others than these, such as capacitor://localhost, are opaque to URL.
  if (!/^https?:/.test(written)) return true;
  return URL.canParse(written) && new URL(written).origin === written;
}

function isNetwork(written: string): boolean {
  const [address = '', bits, ...rest] = written.split('/');
  const widest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === undefined) return widest >= 0;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= widest;
}

function isWithin(value: number, from: number, to: number): boolean {
  // A text that is no length at all has been found out already.
  return Number.isNaN(value) || (value >= from && value <= to);
}

function inUnits(value: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, each]) => value % each === 0);
  const [unit, each] = (value === 0 ? fitting.at(0) : fitting.at(-1)) ?? ['', 1];
  return `${value / each}${unit}`;
}
