/**
 * Runs a script of this repository under Node 24, installing the dependencies first when needed.
 *
 *   node tools/run.mjs <file.ts> [args]
 *
 * Plain JavaScript for Node 20 without dependencies: it runs before anything is installed. The file
 * is named from the repository's root; the working directory stays the caller's. Standard output
 * belongs to the script alone: everything said here, npm included, goes to standard error.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const SCRIPTS_NODE = 24;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = path.join(ROOT, 'node_modules');
const WINDOWS = process.platform === 'win32';
const BUNDLED_NODE = path.join(MODULES, 'node', 'bin', WINDOWS ? 'node.exe' : 'node');
const STAMP = path.join(MODULES, '.lamplighter-install');
// Beside node_modules, not inside: `npm ci` empties that folder first.
const LOCK = path.join(ROOT, '.house-cache', 'install.lock');
const LOCK_TOUCH_MS = 2_000;
const LOCK_STALE_MS = 30_000;
const LOCK_POLL_MS = 200;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const NPM_TAIL_CHARACTERS = 64 * 1024;

/** What ends the run early: a line for the user, or none when it has been said, and the exit code. */
class Stop extends Error {
  constructor(code, message = '') {
    super(message);
    this.code = code;
  }
}

const say = (line) => process.stderr.write(`lamplighter: ${line}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const major = (version) => Number.parseInt(version, 10);
const runsScripts = () => major(process.versions.node) >= SCRIPTS_NODE;
const signalCode = (signal) => 128 + (os.constants.signals[signal] ?? 0);
const readJson = (...parts) => JSON.parse(fs.readFileSync(path.join(...parts), 'utf8'));

/**
 * Runs a command to its end, passing on the signals that reach this process. Resolves to its exit
 * code (128 + n when a signal ended it), the signal that we were sent if any, and what it said when
 * its output is not inherited. Rejects when it cannot be started.
 */
function run(command, args, options) {
  const { promise, resolve, reject } = deferred();
  const child = spawn(command, args, options);
  const state = { said: '', signalled: null };
  const forward = (signal) => {
    state.signalled ??= signal;
    // A terminal's Ctrl-C has reached the child already: it is in the same process group.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      state.said = (state.said + text).slice(-NPM_TAIL_CHARACTERS);
      process.stderr.write(text);
    });
  }
  const finish = () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
  child.once('error', (error) => {
    // Also emitted when a signal could not be sent; only a child that never was has no pid.
    if (child.pid !== undefined) return;
    finish();
    reject(error);
  });
  child.once('exit', () => {
    // What npm leaves behind may keep these open; whoever stops us does not wait for that.
    if (state.signalled) for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  });
  child.once('close', (code, signal) => {
    finish();
    resolve({ code: signal ? signalCode(signal) : code, ...state });
  });
  return promise;
}

/** `Promise.withResolvers`, which Node 20 has not. */
function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** The npm that started us, or else the one on the PATH. */
function npmCommand() {
  const ours = process.env.npm_execpath ?? '';
  if (path.basename(ours) === 'npm-cli.js' && fs.existsSync(ours)) {
    return { command: process.execPath, args: [ours], shell: false };
  }
  return { command: WINDOWS ? 'npm.cmd' : 'npm', args: [], shell: WINDOWS };
}

/** What the installed tree is good for: this lock file on this kind of machine. */
function fingerprint() {
  const lock = path.join(ROOT, 'package-lock.json');
  if (!fs.existsSync(lock)) throw new Stop(1, 'package-lock.json is missing: not a whole checkout');
  return createHash('sha256')
    .update(fs.readFileSync(lock))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
}

function isStamped(stamp) {
  try {
    return fs.readFileSync(STAMP, 'utf8').trim() === stamp;
  } catch {
    return false;
  }
}

/**
 * Whether somebody's own `npm ci` or `npm install` left just what the lock file asks for, so that we
 * need not install again. npm notes what it put there in `node_modules/.package-lock.json`.
 */
function isInstalledByHand() {
  try {
    const wanted = readJson(ROOT, 'package-lock.json').packages;
    const found = readJson(MODULES, '.package-lock.json').packages;
    return Object.entries(wanted).every(([where, entry]) => {
      if (where === '') return true;
      const there = found[where];
      if (there === undefined) return entry.optional === true;
      return (
        there.version === entry.version &&
        there.integrity === entry.integrity &&
        fits(entry.os, process.platform) &&
        fits(entry.cpu, process.arch) &&
        fs.existsSync(path.join(ROOT, where))
      );
    });
  } catch {
    return false;
  }
}

/** npm's `os` and `cpu` lists: absent, a list of names, or a list of `!names`. */
function fits(list, name) {
  if (list === undefined || list.includes(name)) return true;
  return list.every((entry) => entry.startsWith('!') && entry !== `!${name}`);
}

/** Makes sure that node_modules is what package-lock.json says. */
async function ensureInstalled() {
  const stamp = fingerprint();
  if (isStamped(stamp)) return;
  const release = await takeLock();
  try {
    if (isStamped(stamp)) return;
    if (!isInstalledByHand()) await install();
    fs.writeFileSync(STAMP, `${stamp}\n`);
  } finally {
    release();
  }
}

async function install() {
  const npm = npmCommand();
  const started = Date.now();
  say('installing...');
  // Node 24 is a development dependency: a NODE_ENV of production must not leave it out.
  const flags = ['--include=dev', '--include=optional', '--loglevel=error', '--no-progress'];
  const ended = await run(npm.command, [...npm.args, 'ci', ...flags, '--no-audit', '--no-fund'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: npm.shell,
  }).catch((error) => {
    throw new Stop(127, `npm could not be started (${error.message}): install npm, then run again`);
  });
  if (ended.signalled) throw new Stop(signalCode(ended.signalled), 'installing was interrupted');
  if (ended.code !== 0) {
    throw new Stop(ended.code, `npm ci failed (exit code ${ended.code}): ${advice(ended.said)}`);
  }
  if (!fs.existsSync(MODULES)) throw new Stop(1, 'npm ci said it was done and installed nothing');
  say(`installed in ${Math.max(1, Math.round((Date.now() - started) / 1000))} s`);
}

function advice(said) {
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b/.test(said)) {
    return "the npm registry cannot be reached; connect (or set npm's proxy), then run again";
  }
  if (/\bENOSPC\b/.test(said)) return 'the disk is full';
  if (/\b(EACCES|EPERM)\b/.test(said)) return `${MODULES} cannot be written`;
  return 'see above';
}

/**
 * Waits until this process is the only one that installs here; returns what ends that. The holder
 * touches the file while it lives, so a file of a dead holder is taken over.
 */
async function takeLock() {
  const mine = `${process.pid} ${Math.random().toString(36).slice(2)}`;
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  for (let waits = 0; !(await tryLock(mine)); waits += 1) {
    if (waits === 0) say('another run is installing; waiting for it...');
    await sleep(LOCK_POLL_MS);
  }
  const touch = setInterval(() => {
    const now = new Date();
    fs.utimes(LOCK, now, now, () => {});
  }, LOCK_TOUCH_MS);
  touch.unref();
  return () => {
    clearInterval(touch);
    fs.rmSync(LOCK, { force: true });
  };
}

async function tryLock(mine) {
  if (create(mine)) return true;
  if (!isAbandoned()) return false;
  fs.rmSync(LOCK, { force: true });
  if (!create(mine)) return false;
  // Two may find the same dead holder, and one may remove the other's file: the last writer holds.
  await sleep(LOCK_POLL_MS);
  return readLock() === mine;
}

function create(mine) {
  try {
    fs.writeFileSync(LOCK, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Stop(1, `${LOCK} cannot be written: ${error.message}`);
  }
}

function readLock() {
  try {
    return fs.readFileSync(LOCK, 'utf8');
  } catch {
    return '';
  }
}

function isAbandoned() {
  const stats = fs.statSync(LOCK, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (Date.now() - stats.mtimeMs > LOCK_STALE_MS) return true;
  const pid = Number.parseInt(readLock(), 10);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/**
 * The Node that runs our scripts: the one of the package `node`; or this one if it is new enough,
 * where that package has none that fits. With npm's --ignore-scripts the package has not fetched its
 * program, so its own installer is run here.
 */
async function scriptsNode() {
  if (fs.existsSync(BUNDLED_NODE)) return BUNDLED_NODE;
  if (runsScripts()) return process.execPath;
  const release = await takeLock();
  try {
    if (!fs.existsSync(BUNDLED_NODE)) await fetchNode();
  } finally {
    release();
  }
  if (fs.existsSync(BUNDLED_NODE)) return BUNDLED_NODE;
  throw new Stop(1, noNode());
}

async function fetchNode() {
  const folder = path.join(MODULES, 'node');
  const installer = path.join(folder, 'installArchSpecificPackage.js');
  if (!fs.existsSync(installer)) return;
  say(`fetching Node ${SCRIPTS_NODE}...`);
  const env = Object.fromEntries(
    // npm's settings for this run (--ignore-scripts, --prefix, workspaces) are not for that one.
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
  );
  const ended = await run(process.execPath, [installer], {
    cwd: folder,
    env: {
      ...env,
      npm_config_loglevel: 'error',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (ended.signalled) throw new Stop(signalCode(ended.signalled), 'fetching was interrupted');
}

const noNode = () =>
  `Node ${SCRIPTS_NODE} is needed and could not be brought in for ${process.platform}-` +
  `${process.arch}; install Node ${SCRIPTS_NODE} or later yourself (https://nodejs.org), then run again`;

async function runScript(file, args) {
  const node = await scriptsNode();
  const command = [path.join(ROOT, file), ...args];
  try {
    return (await run(node, command, { stdio: 'inherit' })).code;
  } catch (error) {
    // The program is there and does not run: of another C library, say.
    if (node !== process.execPath && runsScripts()) {
      return (await run(process.execPath, command, { stdio: 'inherit' })).code;
    }
    throw new Stop(1, `${node} does not run (${error.message}). ${noNode()}`);
  }
}

async function main([file, ...args]) {
  if (major(process.versions.node) < OLDEST_NODE) {
    throw new Stop(1, `Node ${OLDEST_NODE} or later is needed; this is ${process.version}`);
  }
  if (file === undefined) throw new Stop(2, 'usage: node tools/run.mjs <file.ts> [args]');
  if (!fs.existsSync(path.join(ROOT, file))) throw new Stop(2, `there is no ${file}`);
  await ensureInstalled();
  return runScript(file, args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  if (error.message) say(error.message);
  process.exitCode = error.code;
}
