/** Reports: what a history came to, in words, with the command that shows it again. */

import type { Result } from './world.ts';

export function commandFor({ seed, steps }: Pick<Result, 'seed' | 'steps'>): string {
  return `npm run sim -- --seed ${seed} --steps ${steps}`;
}

/** How a promise was broken; empty when none was. */
export function reportViolation(result: Result): string {
  const { seed, steps, violation, tail } = result;
  if (!violation) return '';
  const kept = { seed, steps, invariant: violation.invariant, reason: violation.message };
  return [
    `seed ${seed} broke ${violation.invariant}: ${violation.message}`,
    'the last lines of its trace:',
    ...tail.map((line) => `  ${line}`),
    `replay it:  ${commandFor(result)} --trace`,
    `keep it in server/sim/seeds.json:  ${JSON.stringify(kept)}`,
    '',
  ].join('\n');
}

export function reportCounts(counts: ReadonlyMap<string, number>): string {
  const lines = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  return lines.map(([what, count]) => `${String(count).padStart(9)}  ${what}\n`).join('');
}

export function addCounts(total: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [what, count] of counts) total.set(what, (total.get(what) ?? 0) + count);
}
