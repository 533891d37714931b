/**
 * Listing: pages of sessions, of a person or of a whole realm.
 */

import { type IndexEntry, LIST_LIMIT, type Row, type Store } from '../stores/store.ts';
import { type Standing, standingOf, subjectRange } from './records.ts';
import type { Inspected, SessionPage, Sessions } from './sessions.ts';

export function createListing(
  store: Store,
  inspected: (row: Row) => Inspected,
): Pick<Sessions, 'list' | 'live'> {
  interface Listed {
    readonly entry: IndexEntry;
    readonly found: Inspected;
  }

  async function listed(
    range: { readonly from: string; readonly to: string },
    limit: number,
    after: IndexEntry | undefined,
  ): Promise<{ readonly all: readonly Listed[]; readonly last: IndexEntry | undefined }> {
    const entries = await store.list('subject', { ...range, limit, after });
    const rows = await store.read(entries.map((entry) => entry.key));
    const all = entries.flatMap((entry, at) => {
      const row = rows[at];
      return row ? [{ entry, found: inspected(row) }] : [];
    });
    // A short page is the last one.
    return { all, last: entries.length < limit ? undefined : entries.at(-1) };
  }

  /** Goes on until the page is full, and one more is found to follow. */
  async function page(
    standings: readonly Standing[],
    [realm, subject]: readonly [realm: string, subject: string | null],
    limit: number,
    begin: IndexEntry | undefined,
    isWanted: (found: Inspected) => boolean,
  ): Promise<SessionPage> {
    const kept: Listed[] = [];
    for (const standing of standings) {
      const range = subjectRange(standing, realm, subject);
      let after = begin && standingOf(begin) === standing ? begin : undefined;
      do {
        const wanted = Math.min(limit + 1 - kept.length, LIST_LIMIT);
        const { all, last } = await listed(range, wanted, after);
        kept.push(...all.filter(({ found }) => isWanted(found)));
        after = last;
      } while (after && kept.length <= limit);
      if (kept.length > limit) break;
    }
    const wanted = kept.slice(0, limit);
    const next = kept.length > limit ? (wanted.at(-1)?.entry ?? null) : null;
    return { sessions: wanted.map(({ found }) => found), next };
  }

  return {
    list(realm, subject, limit, after) {
      const standings = (['live', 'over'] as const).filter(
        (standing) => !after || standing === 'over' || standingOf(after) === standing,
      );
      return page(standings, [realm, subject], limit, after, () => true);
    },

    live: (realm, subject, limit, after) =>
      // Time may have ended one before the sweep has come by.
      page(['live'], [realm, subject], limit, after, ({ end }) => end === null),
  };
}
