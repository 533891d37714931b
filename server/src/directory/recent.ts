/** Owns a bounded memory: entries end by themselves, and the longest untouched makes room. */

export interface Recent<Value> {
  /** Undefined once it has ended. */
  get(key: string, now: number): Value | undefined;
  set(key: string, value: Value, endsAt: number, now: number): void;
  delete(key: string): void;
  /** How many are remembered. */
  size(): number;
}

export function createRecent<Value>(most: number): Recent<Value> {
  /** In the order in which they were set. */
  const entries = new Map<string, { readonly value: Value; readonly endsAt: number }>();

  /** The oldest ones that have ended, so that a quiet server remembers next to nothing. */
  function forget(now: number): void {
    for (const [key, { endsAt }] of entries) {
      if (endsAt > now && entries.size <= most) return;
      entries.delete(key);
    }
  }

  return {
    get(key, now) {
      const entry = entries.get(key);
      return entry && entry.endsAt > now ? entry.value : undefined;
    },
    set(key, value, endsAt, now) {
      entries.delete(key);
      entries.set(key, { value, endsAt });
      forget(now);
    },
    delete(key) {
      entries.delete(key);
    },
    size: () => entries.size,
  };
}
