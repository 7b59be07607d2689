import type { CapturedEnvironment } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { SystemTool } from '../model/findings/environment.js';
import { hashHostFile } from './hostBinaries.js';
import { hostProbe, probeTools } from './systemTools.js';

/**
 * What was captured and is different on this machine; information only. Recorded programs are hashed
 * and never run: their names come from a file that anybody may have written.
 */
export async function machineDrift(
  environment: CapturedEnvironment,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { path, digest, place } of environment.binaries) {
    if (digest === undefined) continue;
    const actual = await hashHostFile(path, signal);
    if (actual === digest || signal?.aborted === true) continue;
    const here = actual === undefined ? {} : { actual };
    found.push({
      code: 'binary-drifted',
      severity: 'info',
      path,
      expected: digest,
      ...here,
      place,
    });
  }
  return [...found, ...(await toolDrift(environment, signal))];
}

async function toolDrift(
  { tools }: CapturedEnvironment,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  if (Object.keys(tools).length === 0) return [];
  const here = await probeTools(hostProbe(signal));
  if (signal?.aborted === true) return [];
  const pairs: readonly [SystemTool, string | undefined, string | undefined][] = [
    ['python', tools.python, here.python],
    ['compiler', tools.compiler, here.compiler],
    ['libc', tools.libc, here.libc],
    ['os', osName(tools.osRelease), osName(here.osRelease)],
  ];
  return pairs.flatMap(([tool, expected, actual]): Finding[] => {
    if (expected === undefined || expected === actual) return [];
    const now = actual === undefined ? {} : { actual };
    return [{ code: 'tool-drifted', severity: 'info', tool, expected, ...now }];
  });
}

/** What a system calls itself in its `os-release`. */
function osName(text: string | undefined): string | undefined {
  const line = text?.split('\n').find((each) => each.startsWith('PRETTY_NAME='));
  return line === undefined ? text : line.slice('PRETTY_NAME='.length).replace(/^"|"$/g, '');
}
