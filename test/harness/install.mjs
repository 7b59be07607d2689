// Installs what the harness needs, from npm (and, for a browser, from Debian) alone:
//   node test/harness/install.mjs [latest] [min]
// Says nothing and takes no time when it is all there. Node built-ins only.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { matchesLock, npm, npmCi, npmInstallShrinkwrap, run } from './lib/npm.mjs';
import { HARNESS, HAS_SERVER, NO_SERVER, VERSIONS, vscode } from './lib/paths.mjs';
import { findBrowser, onPath } from './lib/programs.mjs';

/** Raise it when the steps below change: every stamp is then out of date. */
const STEPS = 1;

/** Says what takes its time; one line a thing. @param {string} what */
const say = (what) => console.log(`installing ${what} ...`);

/**
 * Everything that the tests in the given VS Codes need.
 * @param {readonly import('./lib/paths.mjs').Version[]} versions
 */
export function installHarness(versions) {
  installDriver();
  if (!HAS_SERVER) return;
  installBrowser();
  for (const version of versions) installVscode(version);
}

/** playwright-core, wherever this runs: the types of the end-to-end tests come from it. */
export function installDriver() {
  if (matchesLock(HARNESS)) return;
  say('the browser driver');
  npmCi(HARNESS);
}

/** Debian's Chromium where that is one command away; else the one in the npm package does. */
function installBrowser() {
  // Ubuntu's `chromium` is a stub for a snap
  if (findBrowser() || fs.existsSync('/etc/lsb-release')) return;
  installPackages(["Debian's Chromium"], ['chromium']);
}

/** What the tests run for real, and the Debian packages that have it. */
const COMPONENTS = {
  dockerd: 'docker.io',
  'docker-registry': 'docker-registry',
  podman: 'podman',
  skopeo: 'skopeo',
  bwrap: 'bubblewrap',
  busybox: 'busybox-static',
  faketime: 'faketime',
  disorderfs: 'disorderfs',
  zip: 'zip',
  unzip: 'unzip',
  uuidgen: 'uuid-runtime',
  protoc: 'protobuf-compiler python3-protobuf',
};

/**
 * Container engines, a registry and a sandbox, where they are one command away. Tests whose parts
 * cannot be had say so, one by one.
 */
export function installComponents() {
  const missing = Object.entries(COMPONENTS).filter(([program]) => !onPath(program));
  if (missing.length === 0) return;
  installPackages(
    missing.map(([program]) => program),
    missing.flatMap(([, names]) => names.split(' ')),
  );
}

/**
 * Installs packages of Debian or Ubuntu; says why when they cannot be had and goes on without.
 * @param {readonly string[]} what @param {readonly string[]} names
 */
function installPackages(what, names) {
  const debian = fs.existsSync('/etc/debian_version') && fs.existsSync('/usr/bin/apt-get');
  const root = process.getuid?.() === 0;
  // Elsewhere than in CI nobody wants a password asked for, or a system changed, by a test.
  if (!debian || !(root || process.env['CI'])) return;
  say(what.join(', '));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {readonly string[]} */ args) =>
    root
      ? run('apt-get', [...args], { env })
      : run('sudo', ['-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], { env });
  const install = () => apt(['install', '-y', '--no-install-recommends', ...names]);
  try {
    try {
      install();
    } catch {
      apt(['update']); // the package lists were old or absent
      install();
    }
  } catch (error) {
    console.log(`cannot be had: ${what.join(', ')}: ${error.message.split('\n')[0]}`);
  }
}

/** @param {import('./lib/paths.mjs').Version} version */
export function installVscode(version) {
  if (!HAS_SERVER) throw new Error(`VS Code cannot be installed here: ${NO_SERVER}`);
  const at = vscode(version);
  const stampFile = path.join(at.modules, '.harness-stamp');
  const lock = fs.readFileSync(path.join(at.dir, 'package-lock.json'));
  const stamp = `${STEPS} ${createHash('sha256').update(lock).digest('hex')}\n`;
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp) return;
  demandCompiler();
  say(`VS Code (${version}), about a minute`);
  npmCi(at.dir);
  const env = buildEnv(at.node);
  const code = path.join(at.server, 'lib/vscode');
  for (const dir of [code, path.join(code, 'extensions')]) npmInstallShrinkwrap(dir, env);
  buildNatives(code, env);
  buildArgon2(at.dir, env);
  linkRipgrep(at.modules, code);
  linkScripts(code);
  const said = run(at.nodeBinary, [at.entry, '--version'], { env });
  if (!/with Code \d/.test(said)) throw new Error(`the installed code-server says: ${said}`);
  fs.writeFileSync(stampFile, stamp);
}

/** Two small native modules are compiled. */
function demandCompiler() {
  const missing = ['python3', 'make', 'g++'].filter((tool) => !onPath(tool));
  if (missing.length === 0) return;
  throw new Error(
    `VS Code's native modules need ${missing.join(', ')}, which ${missing.length > 1 ? 'are' : 'is'} ` +
      'not on PATH.\nOn Debian or Ubuntu: apt-get install -y python3 make g++\n' +
      'On Fedora: dnf install python3 make gcc-c++',
  );
}

/**
 * npm, node-gyp and all run on the Node that this VS Code wants, and compile against the headers in
 * its package: neither a user's own `nodedir` nor a download must get in between.
 * @param {string} node
 */
function buildEnv(node) {
  const PATH = path.join(node, 'bin') + path.delimiter + process.env['PATH'];
  return { ...process.env, PATH, npm_config_nodedir: node };
}

/**
 * What VS Code misses at run time: spdlog (else there are no log files, every log channel is empty
 * and the console is full of errors), the parent watchdog, and in old versions the terminal. The
 * rest (kerberos, sqlite3, ...) comes prebuilt or is not needed.
 * @param {string} code
 * @param {NodeJS.ProcessEnv} env
 */
function buildNatives(code, env) {
  const modules = ['@vscode/spdlog', '@vscode/native-watchdog', 'native-watchdog'].filter((name) =>
    fs.existsSync(path.join(code, 'node_modules', name)),
  );
  const pty = path.join(code, 'node_modules/node-pty/prebuilds/linux-x64/pty.node');
  if (!fs.existsSync(pty)) modules.push('node-pty');
  let said = '';
  try {
    npm(code, ['rebuild', '--foreground-scripts', ...modules], env);
  } catch (error) {
    said = error.message; // an old node-pty fails after it was built: what counts is below
  }
  for (const name of modules) {
    const built = path.join(code, 'node_modules', name, 'build/Release');
    const files = fs.existsSync(built) ? fs.readdirSync(built) : [];
    if (!files.some((file) => file.endsWith('.node'))) throw new Error(`${name}: ${said}`);
  }
}

/** argon2 before 0.40 brings no prebuilt binary. @param {string} dir @param {NodeJS.ProcessEnv} env */
function buildArgon2(dir, env) {
  if (fs.existsSync(path.join(dir, 'node_modules/argon2/prebuilds'))) return;
  npm(dir, ['rebuild', 'argon2'], env);
}

/** An old VS Code would download ripgrep: without it `workspaceContains` and findFiles find nothing. */
function linkRipgrep(/** @type {string} */ modules, /** @type {string} */ code) {
  const ripgrep = path.join(code, 'node_modules/@vscode/ripgrep');
  const link = path.join(ripgrep, 'bin/rg');
  if (!fs.existsSync(ripgrep) || fs.existsSync(link)) return;
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.symlinkSync(path.join(modules, '@vscode/ripgrep-universal/bin/linux-x64/rg'), link);
}

/** As code-server's own install script does: `code` inside its terminal, and opening a browser. */
function linkScripts(/** @type {string} */ code) {
  for (const [target, link] of [
    ['code-linux.sh', 'bin/remote-cli/code-server'],
    ['browser-linux.sh', 'bin/helpers/browser.sh'],
  ]) {
    fs.rmSync(path.join(code, link), { force: true });
    fs.symlinkSync(target, path.join(code, link));
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2);
  try {
    installHarness(asked.length ? asked : VERSIONS);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
