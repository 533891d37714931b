/** The rules of the house, in the order in which they are reported. */

import { ambient } from './rules/ambient.ts';
import { arrows } from './rules/arrows.ts';
import { assertions } from './rules/assertions.ts';
import { cycles } from './rules/cycles.ts';
import { language } from './rules/language.ts';
import { leftovers } from './rules/leftovers.ts';
import { links } from './rules/links.ts';
import { names } from './rules/names.ts';
import { packages } from './rules/packages.ts';
import { sizes } from './rules/sizes.ts';
import { state } from './rules/state.ts';
import { wireWords } from './rules/wire-words.ts';
import type { Rule } from './tree.ts';

/** What stops a change. */
export const RULES: readonly Rule[] = [
  arrows,
  cycles,
  packages,
  ambient,
  wireWords,
  state,
  language,
  names,
  leftovers,
  links,
  assertions,
];

/** What is worth a look and stops nothing. */
export const NOTES: readonly Rule[] = [sizes];
