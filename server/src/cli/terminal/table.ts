/** Owns how rows stand under one another, in lines of 80 characters. */

const LINE = 80;
const GAP = '  ';

/** However wide the columns before it are, the last one gets this much. */
const LAST_COLUMN_MIN = 24;

/**
 * Aligned columns. The last one is wrapped under itself, and may have line breaks of its own.
 * @param indent Spaces before each line.
 */
export function table(rows: readonly (readonly string[])[], indent = 0): string[] {
  const widths = widthsOf(rows);
  const margin = ' '.repeat(indent);
  const offset = indent + widths.reduce((sum, width) => sum + width + GAP.length, 0);
  return rows.flatMap((row) => {
    const left = widths.map((width, at) => pad(row[at] ?? '', width) + GAP).join('');
    const [first = '', ...rest] = wrap(row[widths.length] ?? '', LINE - offset);
    const below = rest.map((line) => ' '.repeat(offset) + line);
    return [(margin + left + first).trimEnd(), ...below];
  });
}

/** Lines of that many characters at most, but for words that are longer. */
export function wrap(text: string, width: number): string[] {
  const most = Math.max(width, LAST_COLUMN_MIN);
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (lengthOf(longer) <= most || line === '') {
        line = longer;
      } else {
        lines.push(line);
        line = word;
      }
    }
    return [...lines, line];
  });
}

/** Of every column but the last. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length - 1));
  return Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => lengthOf(row[at] ?? ''))),
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

/** Letters outside the first plane count once. */
function lengthOf(text: string): number {
  return [...text].length;
}
