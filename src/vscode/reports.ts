import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../core/model/finding.js';
import type { TierReport } from '../core/model/tier.js';
import type { StatCache } from '../core/system/statCache.js';
import { absorbReport, keepTiers, keptTiers } from '../core/verify/report.js';
import type { ProjectTiers } from '../core/verify/report.js';
import { sentence } from '../core/words/findings.js';
import type { Model } from './model.js';

/** The way of what a verification found in another process back into the model. */
export interface Reports {
  /** Absolute directory for reports, outside every workspace. */
  readonly directory: string;
  /** A file for one report that nobody else writes. */
  readonly file: () => string;
  /**
   * Takes a report in and removes it, so that no later run can be taken for it.
   * @returns what it says of the tiers; nothing when there is no report.
   */
  readonly absorb: (file: string) => Promise<readonly TierReport[]>;
  /** Gives the model the results that were kept when the editor was closed. */
  readonly restore: () => Promise<void>;
}

/** Reports in a directory of the extension's own; digests go to the cache, tiers to the model. */
export function openReports(
  model: Model,
  cache: StatCache,
  { directory, log }: { readonly directory: string; readonly log: vscode.LogOutputChannel },
): Reports {
  return {
    directory,
    file: () => path.join(directory, `report-${randomUUID()}.json`),
    absorb: async (file) => {
      const taken = await absorbReport(file, cache);
      await vscode.workspace.fs.delete(vscode.Uri.file(file)).then(undefined, () => undefined);
      if (taken === undefined) return [];
      log.debug(`took in ${taken.files} files and ${taken.tiers.length} tiers from ${file}`);
      const own = sayable(taken);
      const kept = { ...own, tiers: await model.takeTiers(own) };
      await keepTiers(directory, kept).catch((error: unknown) =>
        log.warn('results not kept', String(error)),
      );
      return own.tiers;
    },
    restore: async () => {
      for (const kept of await keptTiers(directory)) await model.takeTiers(sayable(kept));
    },
  };
}

/** Without findings that this version has no sentence for: another one may have kept them. */
const sayable = ({ root, file, tiers }: ProjectTiers): ProjectTiers => ({
  root,
  file,
  tiers: tiers.map((report) => ({ ...report, findings: report.findings.filter(canSay) })),
});

function canSay(finding: Finding): boolean {
  try {
    return sentence(finding) !== '';
  } catch {
    return false;
  }
}
