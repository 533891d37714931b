/** The published conformance suite: every promise of the port, as a test for any store. */
import { describe, test } from 'node:test';
import type { Check, OpenStore } from './conformance/check.ts';
import { concurrencyChecks } from './conformance/concurrency.ts';
import { indexChecks } from './conformance/indexes.ts';
import { lifetimeChecks } from './conformance/lifetime.ts';
import { modelChecks } from './conformance/model.ts';
import { rowChecks } from './conformance/rows.ts';

export type { Check, OpenStore, StoreUnderTest } from './conformance/check.ts';

export const CHECKS: readonly Check[] = [
  ...rowChecks,
  ...indexChecks,
  ...concurrencyChecks,
  ...lifetimeChecks,
  ...modelChecks,
];

/** Registers each check as a test, on a store of its own that `open` gives empty. */
export function checkStore(name: string, open: OpenStore): void {
  describe(`the store ${name} keeps the promises of the port`, () => {
    for (const check of CHECKS) {
      test(check.name, async (context) => {
        if (!(await runCheck(check, open))) context.skip('the store is not durable');
      });
    }
  });
}

/**
 * Runs one check; false when it does not concern a store of this kind.
 *
 * @throws whatever the check throws when the store breaks the promise.
 */
export async function runCheck(check: Check, open: OpenStore): Promise<boolean> {
  const tested = await open();
  try {
    if (check.durable && !tested.store.facts.durable) return false;
    await check.run(tested);
    return true;
  } finally {
    await tested.remove();
  }
}
