/** The model test: any store answers as a Map would, to calls in turn and to calls at once. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type {
  IndexEntries,
  IndexEntry,
  IndexName,
  IndexRange,
  Row,
  Store,
  Write,
} from '../store.ts';
import { type Check, inIndexOrder } from './check.ts';

type Model = ReadonlyMap<string, Row>;

/** A call, and a write in it, before the versions that its caller has seen are known. */
type Intent =
  | { readonly type: 'commit'; readonly writes: readonly WriteIntent[] }
  | { readonly type: 'read'; readonly keys: readonly number[] }
  | { readonly type: 'list'; readonly index: IndexName; readonly range: IndexRange };

interface WriteIntent {
  readonly type: Write['type'];
  readonly key: number;
  /** How far the caller is from the truth: 0 is right, -1 a version behind, 1 made up. */
  readonly error: number;
  readonly value: string;
  readonly indexes: IndexEntries;
}

type Call =
  | { readonly type: 'commit'; readonly writes: readonly Write[] }
  | { readonly type: 'read'; readonly keys: readonly string[] }
  | { readonly type: 'list'; readonly index: IndexName; readonly range: IndexRange };

const KEYS = ['', 'a', 'a\0', 'é😀'];

const text = fc.string({ unit: 'binary', maxLength: 4 });
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', 'a', 'a\0', 'a/b', '\uffff', '😀') },
  { weight: 1, arbitrary: text },
);
const keyNumber = fc.nat({ max: KEYS.length - 1 });
const index = fc.constantFrom<IndexName>('subject', 'due');

const writeIntent = fc.record<WriteIntent>({
  type: fc.constantFrom('put', 'put', 'put', 'delete', 'check'),
  key: keyNumber,
  error: fc.constantFrom(...Array<number>(14).fill(0), -1, 1),
  value: text,
  indexes: fc.record({ subject: fc.option(place), due: fc.option(place) }),
});

const range: fc.Arbitrary<IndexRange> = fc.record(
  {
    from: fc.oneof(fc.constant(''), place),
    to: fc.oneof(fc.constant('😀'), place),
    after: fc.record({ at: place, key: fc.constantFrom(...KEYS) }),
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['from', 'to', 'limit'] },
);

const writeIntents = fc.uniqueArray(writeIntent, {
  selector: (write) => write.key,
  minLength: 1,
  maxLength: 3,
});

const intent: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('commit' as const),
      writes: writeIntents,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('read' as const),
      keys: fc.array(keyNumber, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('list' as const), index, range }) },
);

/** Groups of calls: those of a group are begun at once, a group when the one before has ended. */
const history = fc.array(fc.array(intent, { minLength: 1, maxLength: 4 }), {
  maxLength: 30,
  size: 'max',
});

export const modelChecks: readonly Check[] = [
  {
    name: 'whatever is called, in turn and at once, a Map would have answered so',
    async run({ store }) {
      let world = 0;
      await fc.assert(
        fc.asyncProperty(history, async (groups) => {
          // Every run has its own part of the table and of the indexes.
          const prefix = `world ${world++}/`;
          let model: Model = new Map();
          for (const group of groups) model = await runGroup(store, prefix, model, group);
        }),
        { numRuns: 100 },
      );
    },
  },
];

async function runGroup(
  store: Store,
  prefix: string,
  model: Model,
  intents: readonly Intent[],
): Promise<Model> {
  const calls = intents.map((one) => settle(one, prefix, model));
  const answers = await Promise.all(calls.map((call) => perform(store, call)));
  // What it left behind has to be explained by the same order.
  const last: Call = { type: 'read', keys: KEYS.map((key) => prefix + key) };
  const left = await perform(store, last);
  for (const order of permutations(calls.map((_, which) => which))) {
    let state = model;
    const explained = order.every((which) => {
      const call = calls[which];
      assert.ok(call);
      const expected = answer(state, call);
      state = expected.next;
      return isDeepStrictEqual(expected.answer, answers[which]);
    });
    if (explained && isDeepStrictEqual(answer(state, last).answer, left)) return state;
  }
  const report = { before: [...model.values()], calls, answers, left };
  assert.fail(`no order of these calls explains their answers: ${JSON.stringify(report, null, 1)}`);
}

function settle(call: Intent, prefix: string, model: Model): Call {
  const named = (key: number): string => prefix + KEYS[key];
  if (call.type === 'read') return { ...call, keys: call.keys.map(named) };
  if (call.type === 'list') return { ...call, range: settleRange(call.range, prefix) };
  const writes = call.writes.map((write): Write => {
    const key = named(write.key);
    const saw = Math.max(0, (model.get(key)?.version ?? 0) + write.error);
    if (write.type !== 'put') return { type: write.type, key, saw };
    const { subject, due } = write.indexes;
    const indexes = {
      subject: subject === null ? null : prefix + subject,
      due: due === null ? null : prefix + due,
    };
    return { type: 'put', key, saw, value: write.value, indexes };
  });
  return { type: 'commit', writes };
}

function settleRange({ from, to, after, limit }: IndexRange, prefix: string): IndexRange {
  const inside = { from: prefix + from, to: prefix + to, limit };
  if (after === undefined) return inside;
  return { ...inside, after: { at: prefix + after.at, key: prefix + after.key } };
}

function perform(store: Store, call: Call): Promise<unknown> {
  if (call.type === 'commit') return store.commit(call.writes);
  if (call.type === 'read') return store.read(call.keys);
  return store.list(call.index, call.range);
}

/** What a Map answers to a call, and the Map after it. */
function answer(model: Model, call: Call): { answer: unknown; next: Model } {
  if (call.type === 'read') return { answer: call.keys.map((key) => model.get(key)), next: model };
  if (call.type === 'list') return { answer: page(model, call.index, call.range), next: model };
  const fits = call.writes.every(({ key, saw }) => (model.get(key)?.version ?? 0) === saw);
  if (!fits) return { answer: 'conflict', next: model };
  const next = new Map(model);
  for (const write of call.writes) {
    if (write.type === 'delete') next.delete(write.key);
    if (write.type !== 'put') continue;
    const { key, saw, value, indexes } = write;
    next.set(key, { key, version: saw + 1, value, indexes });
  }
  return { answer: 'committed', next };
}

function page(
  model: Model,
  index: IndexName,
  { from, to, after, limit }: IndexRange,
): IndexEntry[] {
  const entries = [...model.values()].flatMap((row): IndexEntry[] => {
    const at = row.indexes[index];
    return at === null ? [] : [{ at, key: row.key }];
  });
  const bytes = (at: string): Buffer => Buffer.from(at);
  return entries
    .filter(({ at }) => Buffer.compare(bytes(at), bytes(from)) >= 0)
    .filter(({ at }) => Buffer.compare(bytes(at), bytes(to)) <= 0)
    .filter((entry) => after === undefined || inIndexOrder(entry, after) > 0)
    .toSorted(inIndexOrder)
    .slice(0, limit);
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length <= 1) yield [...items];
  for (const item of items) {
    if (items.length <= 1) return;
    const rest = items.filter((other) => other !== item);
    for (const order of permutations(rest)) yield [item, ...order];
  }
}
