/** Finds the known word that somebody meant who wrote an unknown one. */

/**
 * The nearest of the known words, when it is near enough to be a slip: a third of the letters
 * wrong, missing, too many, or swapped with their neighbours.
 */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(Math.min(written.length, 64) / 3)) + 1;
  for (const word of known) {
    const slips = distance(written.toLowerCase().slice(0, 64), word.toLowerCase());
    if (slips < fewest) {
      best = word;
      fewest = slips;
    }
  }
  return best;
}

/** Letters to insert, delete, replace, or swap with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(last, column) + 1,
          at(line, column - 1) + 1,
          at(last, column - 1) + differs,
          swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = last;
    last = line;
  }
  return at(last, b.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
