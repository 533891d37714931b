/** Owns what a terminal is to a command: where it asks, and what may be shown there. */

import type { Readable, Writable } from 'node:stream';

export interface Input extends Readable {
  readonly isTTY?: boolean;
}

export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Whether colours are wanted there, `NO_COLOR` and the like considered. */
  hasColors?(): boolean;
}

/** The three streams of a process; `process` itself is one. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Writes to an output whose reader may have had enough, as `head` has: that is no error. */
export function printTo(output: Writable): (text: string) => void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return (text) => void output.write(text);
}

/** Controls, and marks that turn the direction of a line: a name could write over what stands there. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same value, with nothing in its texts that moves the cursor. */
export function printable<Value>(value: Value): Value;
export function printable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNPRINTABLE, '?');
  if (Array.isArray(value)) return value.map((each) => printable(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, printable(each)]));
}

/** JSON for people and programs alike: what cannot be printed is escaped. */
export function jsonText(value: unknown): string {
  const escaped = (text: string) => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const lines = JSON.stringify(value, null, 2).split('\n');
  return `${lines.map((line) => line.replace(UNPRINTABLE, escaped)).join('\n')}\n`;
}
