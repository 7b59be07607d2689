import type { Finding } from '../../model/finding.js';
import type { PipelineFacts } from '../../model/gates.js';
import type { PathResult } from '../../model/paths.js';
import type { Place, Role } from '../../model/place.js';
import type { Step } from '../../model/project.js';

/** One path that the document declares. */
export interface VaibifyEntry {
  readonly role: Role;
  /** The key that holds it: `saPlotFiles`. */
  readonly field: string;
  /** Label of the declaring step. */
  readonly step?: string;
  /** As written. */
  readonly text: string;
  /** The string's text without its quotes; of a command, the script's word. */
  readonly place: Place;
  /** The name under which manifests of May 2026 pin it; `undefined` for all but outputs. */
  readonly verbatim: PathResult | undefined;
  /** The name since July 2026; `undefined` when it holds a token that nothing resolves. */
  readonly joined: PathResult | undefined;
}

/** A pipeline document as far as it could be read. Never throws, whatever the text. */
export interface VaibifyDocument {
  readonly title: string;
  readonly schemaVersion: number;
  readonly steps: readonly Step[];
  readonly entries: readonly VaibifyEntry[];
  /** Those that hold whatever convention the paths follow; the others are in `declaredUnder`. */
  readonly findings: readonly Finding[];
  readonly archiveTests: boolean;
  /** `legacy`: the three output lists of schema 7 and before; `current`: `saOutputDataFiles`. */
  readonly generation: 'legacy' | 'current';
  /** What the gates of the levels read; its steps are those above, in the same order. */
  readonly facts: PipelineFacts;
}
