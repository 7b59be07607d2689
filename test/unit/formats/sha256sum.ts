/** The real `sha256sum`, driven so that its verdicts can be compared line by line with ours. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tool says of one well-formed line. */
export interface ToolLine {
  readonly line: number;
  /**
   * The name in raw bytes, one character each. Two readings: coreutils 9.1 does not escape a name
   * with backslashes alone here (though it does where it prints digests), later releases do.
   */
  readonly names: readonly string[];
  readonly verdict: 'OK' | 'FAILED' | 'FAILED open or read';
}

export interface ToolReport {
  readonly lines: readonly ToolLine[];
  readonly malformed: readonly number[];
  readonly exitCode: number | null;
}

/** Why the tool cannot be compared with on this machine, or `undefined`. */
export function toolProblem(): string | undefined {
  const { stdout, error } = spawnSync('sha256sum', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return 'there is no sha256sum on PATH';
  const version = /^sha256sum \(GNU coreutils\) (\d+)\.(\d+)/.exec(stdout);
  if (version === null) return 'sha256sum is not that of GNU coreutils';
  const [, major, minor] = version.map(Number);
  return major! * 100 + minor! >= 901 ? undefined : 'sha256sum is older than coreutils 9.1';
}

/** A temporary directory with one file for each name, and the tool running in it. */
export class Bench {
  readonly #top = mkdtempSync(join(tmpdir(), 'reprolens-manifest-'));
  readonly #files = join(this.#top, 'files');
  readonly #manifest = join(this.#top, 'manifest');
  readonly #digests = new Map<string, string | undefined>();

  constructor(names: readonly Buffer[]) {
    mkdirSync(join(this.#files, 'sub'), { recursive: true });
    names.forEach((name, i) => writeFileSync(this.#path(name), `content of file ${i}`));
  }

  dispose(): void {
    rmSync(this.#top, { recursive: true });
  }

  /** The digest of a file by its raw name, or `undefined` when it cannot be read. */
  digest(name: Buffer): string | undefined {
    const key = name.toString('latin1');
    if (!this.#digests.has(key)) this.#digests.set(key, this.#read(name));
    return this.#digests.get(key);
  }

  /** `sha256sum -c` over a manifest of these bytes. */
  check(bytes: Buffer, ...options: string[]): ToolReport {
    writeFileSync(this.#manifest, bytes);
    const { stdout, stderr, status } = spawnSync(
      'sha256sum',
      ['-c', ...(options.length > 0 ? options : ['--warn']), this.#manifest],
      { cwd: this.#files, encoding: 'latin1', env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const warning = new RegExp(`^sha256sum: ${this.#manifest}: (\\d+): improperly formatted`, 'gm');
    const malformed = [...stderr.matchAll(warning)].map((match) => Number(match[1]));
    const wellFormed = candidates(bytes).filter((line) => !malformed.includes(line));
    const records = stdout.split('\n').slice(0, -1);
    if (options.length === 0 && records.length !== wellFormed.length) {
      throw new Error(`${records.length} verdicts for ${wellFormed.length} lines`);
    }
    const lines = records.map((record, i) => parse(record, wellFormed[i] ?? 0));
    return { lines, malformed, exitCode: status };
  }

  /** What `sha256sum` prints for files, in the order given. */
  print(names: readonly Buffer[]): Buffer {
    // By way of xargs, because Node's arguments are UTF-8.
    const input = Buffer.concat(names.flatMap((name) => [name, Buffer.of(0)]));
    const command = ['-0', 'sha256sum', '--'];
    return spawnSync('xargs', command, { cwd: this.#files, env: this.#env, input }).stdout;
  }

  readonly #env = { ...process.env, LC_ALL: 'C' };

  #path(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.#files}/`), name]);
  }

  #read(name: Buffer): string | undefined {
    try {
      return createHash('sha256')
        .update(readFileSync(this.#path(name)))
        .digest('hex');
    } catch {
      return undefined;
    }
  }
}

/** Line numbers that are neither comment nor blank. */
function candidates(bytes: Buffer): number[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .flatMap((line, i) => (line.startsWith('#') || line === '' || line === '\r' ? [] : [i + 1]));
}

function parse(record: string, line: number): ToolLine {
  const match = /^(\\?)([^]*): (OK|FAILED|FAILED open or read)$/.exec(record);
  if (match === null) throw new Error(`not understood: ${JSON.stringify(record)}`);
  const codes: Record<string, string> = { n: '\n', r: '\r', '\\': '\\' };
  const names = [match[1]! + match[2]!];
  if (match[1] !== '') names.push(match[2]!.replace(/\\([\\nr])/g, (_, c: string) => codes[c]!));
  return { line, names, verdict: match[3] as ToolLine['verdict'] };
}
