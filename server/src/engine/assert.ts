/**
 * Assertions: they guard against our own mistakes, never against input, and stay on in production.
 */

export class EngineBug extends Error {
  override readonly name = 'EngineBug';
}

/** @throws EngineBug when what must always hold does not. */
export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new EngineBug(what);
}
