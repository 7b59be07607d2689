/** pip's own reader of requirements files, as an independent judge of ours. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What pip reads from one logical line. */
export interface PipLine {
  /** Of the first physical line, by pip's line ends. */
  readonly line: number;
  readonly error?: string;
  /** Absent on a line of options only. */
  readonly name?: string;
  readonly specifier?: string;
  readonly marker?: boolean;
  readonly url?: string | null;
  readonly editable?: boolean;
  /** Of `--hash`, by algorithm. */
  readonly hashes?: Readonly<Record<string, readonly string[]>>;
  /** Whether pip would refuse it under `--require-hashes`. */
  readonly pinned?: boolean;
}

const PROGRAM = `
import json, sys
from pip._internal.req import req_file, constructors
from pip._internal.exceptions import PipError
from pip._vendor.packaging.version import Version
parse = req_file.get_line_parser(None)
out = []
for text in json.load(sys.stdin):
    lines = []
    for number, line in req_file.preprocess(text):
        found = {'line': number}
        lines.append(found)
        try:
            args, opts = parse(line)
            parsed = req_file.ParsedLine('x', number, args, opts, False)
            if getattr(parsed, 'requirement', None) is None:
                continue
            req = req_file.handle_requirement_line(parsed)
            if req.is_editable:
                found['editable'] = True
                continue
            made = constructors.install_req_from_parsed_requirement(req)
            found['specifier'] = str(made.req.specifier) if made.req else ''
            found['marker'] = made.markers is not None
            found['url'] = made.link.url if made.link else None
            found['hashes'] = (req.options or {}).get('hashes', {})
            for spec in (made.req.specifier if made.req else []):
                # Until 23 pip took any text for a version.
                if spec.operator != '===':
                    Version(spec.version[:-2] if spec.version.endswith('.*') else spec.version)
            found['name'] = made.name
            found['pinned'] = bool(made.req) and made.is_pinned
        except req_file.OptionParsingError as error:
            found['error'] = error.msg
        except PipError as error:
            found['error'] = str(error)
        except Exception as error:
            found['error'] = type(error).__name__ + ': ' + str(error)
    out.append(lines)
json.dump(out, sys.stdout)
`;

/** What pip reads from each text; `undefined` where there is no Python with pip. */
export function pipReads(texts: readonly string[]): PipLine[][] | undefined {
  const cwd = mkdtempSync(path.join(tmpdir(), 'reprolens-oracle-'));
  try {
    const ran = spawnSync('python3', ['-I', '-c', PROGRAM], {
      cwd,
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (ran.error !== undefined || ran.status !== 0) {
      if (/No module named '?pip/.test(ran.stderr) || ran.error !== undefined) return undefined;
      throw new Error(ran.stderr);
    }
    return JSON.parse(ran.stdout) as PipLine[][];
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
