/** Owns colour: on a terminal that wants it, and nowhere else. */

import { styleText } from 'node:util';
import type { Output } from './terminal.ts';

const STYLES = { heading: 'bold', good: 'green', bad: 'red' } as const;

export type Paint = (style: keyof typeof STYLES, text: string) => string;

export function painter(output: Output): Paint {
  const isColoured = output.isTTY === true && output.hasColors?.() === true;
  if (!isColoured) return (_, text) => text;
  return (style, text) => styleText(STYLES[style], text, { validateStream: false });
}
