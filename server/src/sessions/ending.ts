/**
 * Ending by the many: all sessions of a person, and all whose time has come.
 *
 * Both go in small groups, so that renewals are not kept waiting. A new epoch is filed as due at
 * once: if this process dies half way, the next sweep finishes what it began.
 */

import { isRefusal } from '../engine/refusal.ts';
import type { Subject } from '../engine/session.ts';
import type { IndexEntry } from '../stores/store.ts';
import type { Execute } from './execute.ts';
import type { Notifying } from './notifying.ts';
import {
  decodeSubject,
  dueAt,
  readKey,
  type Standing,
  subjectKey,
  subjectRange,
} from './records.ts';
import type { Sessions, SessionsParts } from './sessions.ts';

/** Records that are worked on at once. */
const GROUP = 50;

export function createEnding(
  { store, clock }: SessionsParts,
  execute: Execute,
  meet: Notifying['meet'],
): Pick<Sessions, 'endSubject' | 'sweep'> {
  /** Ends what is left of the earlier epochs, then says that this is done. */
  async function finishEnding(found: Subject): Promise<number> {
    const { realm, subject, epoch, ending } = found;
    if (!ending) return 0;
    let ended = 0;
    let after: IndexEntry | undefined;
    // What ends meanwhile moves to the second range, and is met there.
    for (let standing: Standing = 'live'; ; ) {
      const range = { ...subjectRange(standing, realm, subject), limit: GROUP, after };
      const entries = await store.list('subject', range);
      const outcomes = await Promise.all(
        entries.map(({ key }) => {
          const id = sessionOf(key);
          const { reason, by } = ending;
          return execute({ type: 'end_session', id, realm, reason, by, beforeEpoch: epoch });
        }),
      );
      ended += outcomes.filter((outcome) => !isRefusal(outcome) && outcome.ended).length;
      after = entries.at(-1);
      if (entries.length === GROUP) continue;
      if (standing === 'over') break;
      standing = 'over';
      after = undefined;
    }
    await execute({ type: 'settle_subject', realm, subject, epoch });
    return ended;
  }

  async function sweepOne(key: string): Promise<void> {
    const record = readKey(key);
    if (record === 'brief') return;
    if ('session' in record) {
      const outcome = await execute({ type: 'sweep', id: record.session });
      if (!isRefusal(outcome)) await meet(record.session, outcome.due);
      return;
    }
    const [row] = await store.read([subjectKey(record.realm, record.subject)]);
    if (row) await finishEnding(decodeSubject(row));
  }

  /** Rows that are no records go together. One that was kept anew since it was listed stays. */
  async function forgetBrief(group: readonly IndexEntry[]): Promise<void> {
    const keys = group.map(({ key }) => key).filter((key) => readKey(key) === 'brief');
    if (keys.length === 0) return;
    const rows = await store.read(keys);
    const deletes = rows.flatMap((row) => {
      const isOver = group.some(({ key, at }) => key === row?.key && at === row.indexes.due);
      return row && isOver ? [{ type: 'delete', key: row.key, saw: row.version } as const] : [];
    });
    // In a conflict somebody has changed one of them: the next sweep meets the others again.
    if (deletes.length > 0) await store.commit(deletes);
  }

  /** One record that cannot be swept does not keep the others. Hands back what went wrong. */
  async function sweepGroup(group: readonly IndexEntry[]): Promise<unknown[]> {
    const work = [forgetBrief(group), ...group.map(({ key }) => sweepOne(key))];
    const outcomes = await Promise.allSettled(work);
    return outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  }

  return {
    async endSubject(realm, subject, why) {
      const outcome = await execute({ type: 'end_subject', realm, subject, ...why });
      if (isRefusal(outcome)) return { ended: 0 };
      return { ended: await finishEnding(outcome.subject) };
    },

    async sweep(pageLength, signal) {
      const to = dueAt(clock.now());
      let failure: { readonly reason: unknown } | undefined;
      let seen = 0;
      for (let after: IndexEntry | undefined; ; ) {
        const page = await store.list('due', { from: '', to, limit: pageLength, after });
        for (let begin = 0; begin < page.length && !signal?.aborted; begin += GROUP) {
          const [reason] = await sweepGroup(page.slice(begin, begin + GROUP));
          if (reason !== undefined) failure ??= { reason };
        }
        seen += page.length;
        after = page.at(-1);
        if (page.length < pageLength || signal?.aborted) break;
      }
      if (failure) throw failure.reason;
      return seen;
    },
  };
}

function sessionOf(key: string): string {
  const record = readKey(key);
  if (record === 'brief' || !('session' in record))
    throw new TypeError(`the subject index names ${key}`);
  return record.session;
}
