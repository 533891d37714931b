/** Version 1: the table of rows and its two indexes. */
import type { Migration } from '../migration.ts';

export const rows: Migration = {
  version: 1,
  name: 'rows',
  // Bytes of UTF-8 are the order of the port; "C" is that. A page is left with room, so that a
  // renewal, which moves no index entry, stays in it.
  sql: `
CREATE TABLE lamplighter_rows (
  key text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  value text COLLATE "C" NOT NULL,
  subject_at text COLLATE "C",
  due_at text COLLATE "C"
) WITH (fillfactor = 70);
CREATE INDEX lamplighter_rows_subject ON lamplighter_rows (subject_at, key)
  WHERE subject_at IS NOT NULL;
CREATE INDEX lamplighter_rows_due ON lamplighter_rows (due_at, key)
  WHERE due_at IS NOT NULL;
`,
};
