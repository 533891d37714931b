/**
 * Configurations for tests: the demo's, with a setting changed.
 */

import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const DEMO = new URL('../../examples/demo.yaml', import.meta.url);

interface Demo {
  dialects: Record<string, unknown>;
  realms: { alpha: { retry?: Record<string, string>; session?: Record<string, string> } };
}

/** The demo's configuration, as it is written. */
export function demo(): Demo {
  return parse(readFileSync(DEMO, 'utf8'));
}

/** Retry windows of two seconds, and no overlap, so that a test need not wait for their end. */
export function shortCaps(): string {
  const config = demo();
  config.realms.alpha.retry = { unbound_cap: '2s', bound_cap: '2s', overlap: '0s' };
  return stringify(config);
}
