/**
 * The environment: the only place that reads the variables of the process.
 *
 * Precedence everywhere: a flag, then the environment, then the config file, then the default.
 */

export interface Environment {
  /** `LAMPLIGHTER_CONFIG`: the config file, when no flag names one. */
  readonly config: string | undefined;
  /** `LAMPLIGHTER_ROOT_SECRET`: hex or base64 of 32 bytes or more; instead of the file. */
  readonly rootSecret: string | undefined;
  /** `LAMPLIGHTER_POSTGRES_URL`: instead of `store.url`, which holds a password. */
  readonly databaseUrl: string | undefined;
  /** `LAMPLIGHTER_LOG_LEVEL`: instead of `log.level`. */
  readonly logLevel: string | undefined;
  /** `LAMPLIGHTER_URL`: the server that the commands talk to. */
  readonly url: string | undefined;
  /** `LAMPLIGHTER_USER`: who uses the commands. */
  readonly user: string | undefined;
  /** `LAMPLIGHTER_PASSWORD`: of that user; a flag would show in the process list. */
  readonly password: string | undefined;
}

/** An empty variable is the same as none. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const read = (name: string) => variables[`LAMPLIGHTER_${name}`] || undefined;
  return {
    config: read('CONFIG'),
    rootSecret: read('ROOT_SECRET'),
    databaseUrl: read('POSTGRES_URL'),
    logLevel: read('LOG_LEVEL'),
    url: read('URL'),
    user: read('USER'),
    password: read('PASSWORD'),
  };
}
