/**
 * What is wrong with a config, each error with its place and with what was expected instead.
 */

import { z } from 'zod';
import { nearest } from './nearest.ts';

export interface ConfigError {
  /** Such as `realms.alpha.session.idle`; empty where the text itself is wrong. */
  readonly path: string;
  /** Where in the file, from 1; null for what did not come from it. */
  readonly line: number | null;
  readonly column: number | null;
  /** Never holds a value of the file: it could be a secret. */
  readonly message: string;
}

/** All that is wrong, in the order of the file. */
export interface ConfigErrors {
  readonly file: string;
  readonly errors: readonly ConfigError[];
}

/** One line per error: `lamplighter.yaml:3:5: listen.port: expected ...`. */
export function errorLines({ file, errors }: ConfigErrors): string {
  return errors
    .map(({ path, line, column, message }) => {
      const place = line === null ? '' : `${file}:${line}:${column}: `;
      return `${place}${path === '' ? '' : `${path}: `}${message}`;
    })
    .join('\n');
}

/** A finding without its place. */
export interface Finding {
  readonly path: readonly (string | number)[];
  /** Whether it is about the option's name, and not about its value. */
  readonly isName: boolean;
  readonly message: string;
}

/** Such as `realms.alpha.users[0].password`. */
export function pathText(steps: Finding['path']): string {
  return steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** Everything that a schema has against a value. */
export function findings(schema: z.ZodType, value: unknown): Finding[] {
  const result = schema.safeParse(value, { error: expectation });
  return result.success ? [] : result.error.issues.flatMap(explain);
}

/** Schemas that say themselves what they expect come before this. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return listed(issue.values.map((each) => JSON.stringify(each)));
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue)}`;
    case 'unrecognized_keys':
      // The message is made for each key; here only the known ones are at hand.
      return issue.inst instanceof z.ZodObject ? optionsOf(issue.inst).join(' ') : '';
    default:
      return undefined;
  }
}

/** The names of its options, and of those right under them, such as `session` and `session.idle`. */
function optionsOf({ shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, option]) => {
    const under = objectIn(option);
    return [name, ...(under ? Object.keys(under.shape).map((each) => `${name}.${each}`) : [])];
  });
}

function objectIn(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault;
  return isWrapped ? objectIn(schema.def.innerType) : undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'options under it',
  record: 'names with options under each',
};

const COUNTED: Readonly<Record<string, string>> = {
  string: ' characters',
  array: ' entries',
  set: ' entries',
};

function amount(bound: number | bigint, issue: { readonly origin: string }): string {
  return `${bound}${COUNTED[issue.origin] ?? ''}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(', ')}`;
}

function explain(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const { message } = issue;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = message.split(' ');
      return issue.keys.map((key) => ({
        path: [...path, key],
        isName: true,
        message: unknownOption(key, known),
      }));
    }
    case 'invalid_key':
      return issue.issues.map((each) => ({ path, isName: true, message: expected(each.message) }));
    case 'invalid_union': {
      const meant = meantOption(issue);
      return meant
        ? meant.flatMap((each) => explain({ ...each, path: [...issue.path, ...each.path] }))
        : [{ path, isName: false, message: expected(unionExpectation(issue)) }];
    }
    // A check of its own says in a whole sentence what is wrong.
    case 'custom':
      return [
        { path, isName: false, message: /^an? /.test(message) ? expected(message) : message },
      ];
    default:
      return [{ path, isName: false, message: expected(message) }];
  }
}

function expected(what: string): string {
  return /^(expected|invalid) /i.test(what) ? what : `expected ${what}`;
}

function unknownOption(key: string, known: readonly string[]): string {
  const beside = known.filter((option) => !option.includes('.'));
  const under = known.filter((option) => option.endsWith(`.${key}`));
  const meant = under.length === 1 ? under[0] : nearest(key, beside);
  const hint = meant === undefined ? '' : `, did you mean "${meant}"?`;
  return `unknown option "${key}"${hint}`;
}

/** What is wrong with the value as the only thing of its sort that it could have been. */
function meantOption({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const isOfSort = (issues: readonly z.core.$ZodIssue[]) =>
    issues.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys');
  const [meant, ...others] = errors.filter(isOfSort);
  return others.length === 0 ? meant : undefined;
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  if ('options' in issue && issue.options)
    return listed(issue.options.map((each) => JSON.stringify(each)));
  const each = issue.errors.map((issues) => issues[0]?.message ?? '');
  return [...new Set(each)].filter((message) => message !== '').join(', or ') || issue.message;
}
