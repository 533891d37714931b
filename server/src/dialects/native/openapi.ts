/**
 * The OpenAPI 3.1 description of this API. A test holds it to the table of routes.
 */

import { REASONS } from './errors.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const yes: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** Every member is always there, but for those named. */
function record(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const SESSION = {
  id: text,
  realm: text,
  subject: text,
  origin: { ...text, description: 'The dialect through which the person signed in.' },
  alive: yes,
  created_at: time,
  last_access_at: time,
  idle_ends_at: time,
  ends_at: time,
  end: orNull(ref('End')),
};

const GRANT = {
  slot: count,
  client: text,
  scope: listOf(text),
  binding: { enum: ['none', 'client', 'device', 'dpop', 'mtls'] },
  offline: yes,
  generation: count,
  created_at: time,
  renewed_at: time,
  ends_at: time,
  end: orNull(ref('End')),
};

const CHILD = { slot: count, application: text, created_at: time, end: orNull(ref('End')) };

const NOTICE = {
  client: text,
  dialect: text,
  state: { enum: ['waiting', 'due', 'delivered', 'dead'] },
  attempts: count,
  at: { ...time, description: 'When it is `due`: the next attempt. Else: since when it is so.' },
  fault: orNull({ ...text, description: 'What was wrong with the last attempt.' }),
};

const NOTE = { what: text, about: text, count, first_at: time, last_at: time };

export const SCHEMAS = {
  Session: record(SESSION),
  Why: record({
    ...SESSION,
    will_end: orNull(record({ reason: text, at: time, text })),
    grants: listOf(record(GRANT)),
    children: listOf(record(CHILD)),
    notices: listOf(record(NOTICE)),
    history: listOf(record(NOTE)),
  }),
  End: record({
    reason: { enum: Object.keys(REASONS) },
    text,
    at: time,
    by: { enum: ['user', 'admin', 'policy', 'system'] },
  }),
  SignedIn: record({ token: text, session: ref('Session') }),
  Renewed: record({
    moved: { ...yes, description: 'Whether the idle clock was reset; at most once per throttle.' },
    session: ref('Session'),
  }),
  SessionPage: record({ sessions: listOf(ref('Session')), next: orNull(text) }),
  Ended: record({ ended: yes }),
  EndedAll: record({ ended: count }),
  Credential: record({
    dialect: text,
    credential: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  }),
  Person: record({
    subject: text,
    username: text,
    email: orNull(text),
    names: record({ en: text, ar: orNull(text) }),
    mobile: orNull(text),
    role: { enum: ['user', 'agent', 'administrator'] },
    active: yes,
  }),
  Key: record({
    id: text,
    purpose: { enum: ['mac', 'signing'] },
    algorithm: text,
    state: { enum: ['current', 'verifying'] },
    created_at: time,
  }),
  Keys: record({ keys: listOf(ref('Key')) }),
  Problem: {
    type: 'object',
    description: 'RFC 9457. `end` says what ended the session, where that is the matter.',
    properties: { type: text, title: text, status: count, detail: text, end: ref('ProblemEnd') },
    required: ['type', 'title', 'status'],
    additionalProperties: false,
  },
  ProblemEnd: record({ reason: text, at: time, by: text }),
} satisfies Record<string, Schema>;

interface Operation {
  readonly does: string;
  readonly answers: readonly [status: number, schema: keyof typeof SCHEMAS | 'document'];
  readonly body?: Schema;
  readonly query?: readonly string[];
  /** Open to anybody; else a session token is needed. */
  readonly open?: true;
}

const SESSIONS = '/lamplighter/v1/realms/{realm}/sessions';
const USERS = '/lamplighter/v1/realms/{realm}/users';

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  [SESSIONS]: {
    post: {
      does:
        'Signs in with a user name or e-mail address and a password. After too many wrong ones ' +
        'the login is locked for a while: 429, with Retry-After.',
      answers: [201, 'SignedIn'],
      body: record({ username: text, password: text }),
      open: true,
    },
    get: {
      does: "Lists a person's sessions, oldest first: one's own, or anybody's to an administrator.",
      answers: [200, 'SessionPage'],
      query: ['subject', 'limit', 'after'],
    },
    delete: {
      does: "Ends all of a person's sessions.",
      answers: [200, 'EndedAll'],
      query: ['subject'],
    },
  },
  [`${SESSIONS}/current/renew`]: {
    post: { does: 'Renews: resets the idle clock.', answers: [200, 'Renewed'] },
  },
  [`${SESSIONS}/current/credentials`]: {
    post: {
      does: "Hands out another dialect's credential for this session, as a portal does.",
      answers: [201, 'Credential'],
      body: record({ dialect: text, application: text, device: text }, ['application', 'device']),
    },
  },
  [`${SESSIONS}/current/why`]: {
    get: {
      does: 'Says why the session of this token has ended, or what will end it.',
      answers: [200, 'Why'],
    },
  },
  [`${SESSIONS}/{id}`]: {
    get: { does: 'Reads a session; `current` is one’s own.', answers: [200, 'Session'] },
    delete: { does: 'Ends a session and all that hangs on it.', answers: [200, 'Ended'] },
  },
  [`${SESSIONS}/{id}/why`]: {
    get: {
      does: 'Says why a session has ended, or what will end it, with its grants and history.',
      answers: [200, 'Why'],
    },
  },
  [USERS]: {
    post: {
      does: 'Adds a person. For administrators.',
      answers: [201, 'Person'],
      body: record(
        {
          username: text,
          password: text,
          email: text,
          name: text,
          name_ar: text,
          mobile: text,
          role: { enum: ['user', 'agent', 'administrator'] },
        },
        ['email', 'name', 'name_ar', 'mobile', 'role'],
      ),
    },
  },
  [`${USERS}/{subject}/password`]: {
    put: {
      does: "Sets a person's password, which ends all of their sessions.",
      answers: [200, 'EndedAll'],
      body: record({ password: text, current_password: text }, ['current_password']),
    },
  },
  '/lamplighter/v1/keys': {
    get: {
      does: 'Lists the keys, never their values. For administrators.',
      answers: [200, 'Keys'],
    },
  },
  '/lamplighter/v1/keys/{purpose}/rotate': {
    post: { does: 'Makes a new key current. For administrators.', answers: [201, 'Key'] },
  },
  '/lamplighter/v1/openapi.json': {
    get: { does: 'This document.', answers: [200, 'document'], open: true },
  },
};

/** @param origin Scheme and authority of the server, as the client used them. */
export function openApi(origin: string): Schema {
  const paths = Object.entries(OPERATIONS).map(([path, operations]) => {
    const described = Object.entries(operations).map(([method, operation]) => [
      method,
      describeOperation(path, operation),
    ]);
    return [path, Object.fromEntries(described)];
  });
  return {
    openapi: '3.1.1',
    info: {
      title: 'Lamplighter',
      version: '1',
      description: "The session server's own HTTP API. Every time is UTC, ISO 8601.",
    },
    servers: [{ url: origin }],
    security: [{ session: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
      schemas: SCHEMAS,
    },
  };
}

function describeOperation(path: string, operation: Operation): Schema {
  const { does, answers, body, query = [], open } = operation;
  const [status, schema] = answers;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: text })),
    ...query.map((name) => ({ name, in: 'query', required: false, schema: text })),
  ];
  const answer = schema === 'document' ? { type: 'object' } : ref(schema);
  return {
    summary: does,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
    }),
    ...(open && { security: [] }),
    responses: {
      [status]: { description: 'Done.', content: { 'application/json': { schema: answer } } },
      default: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    },
  };
}
