/**
 * A few rounds of `crash.ts`, so that every test run kills a server under load.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crash } from './crash.ts';

it('loses no acknowledged renewal and signs nobody out when it is killed', async () => {
  const report = await crash({ rounds: 10, clients: 12, seed: 20 });
  assert.equal(report.lost, 0);
  assert.equal(report.signedOut, 0);
  assert.ok(report.acknowledged > 200, `only ${report.acknowledged} renewals: no load`);
  assert.ok(report.cutOff >= 10, `only ${report.cutOff} were cut off: killed at rest`);
});
