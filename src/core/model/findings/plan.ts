import type { PathProblem, RepoPath } from '../paths.js';
import type { LintFinding } from './lint.js';

/** What a value of a plan must be. */
export type PlanShape = 'list' | 'mapping' | 'text' | 'command';

/** Where a path of a plan must stay, and what it is to the plan. */
export type PlanPathField = 'source' | 'destination' | 'artifact' | 'reference';

/** Why a literal digest is not compared as it is meant. */
export type DigestProblem = 'algorithm' | 'upper-case' | 'malformed' | 'empty' | 'unquoted';

/** What can be wrong with a build plan, and with what its steps do. */
export type PlanFinding =
  | LintFinding
  | { readonly code: 'plan-unreadable'; readonly reason: string }
  | { readonly code: 'plan-document' }
  | { readonly code: 'plan-missing'; readonly key: 'artifact' | 'steps' }
  | {
      readonly code: 'plan-shape';
      readonly field: string;
      readonly expected: PlanShape;
      /** The value as YAML reads it, when quotes would make it the text that is meant. */
      readonly reads?: string;
    }
  /** Read as FixOps reads it, and that is not what is written. */
  | { readonly code: 'plan-reads'; readonly field: string; readonly reads: string }
  | { readonly code: 'plan-source-ignored' }
  | { readonly code: 'plan-source-everything' }
  | { readonly code: 'plan-step-skipped'; readonly step: number }
  | { readonly code: 'plan-steps-skipped' }
  | { readonly code: 'plan-step-empty'; readonly step: number }
  | { readonly code: 'plan-step-quote'; readonly step: number; readonly argv: boolean }
  | { readonly code: 'plan-step-lines'; readonly step: number }
  | { readonly code: 'plan-step-shell'; readonly step: number; readonly operator: string }
  | {
      readonly code: 'plan-path';
      readonly field: PlanPathField;
      readonly name: string;
      readonly problem: PathProblem;
    }
  | { readonly code: 'plan-artifact-directory' }
  | { readonly code: 'plan-nul'; readonly field: string }
  | { readonly code: 'plan-variable-name'; readonly name: string }
  | { readonly code: 'plan-digest'; readonly problem: DigestProblem }
  | { readonly code: 'plan-no-reference' }
  | {
      readonly code: 'plan-references';
      /** The key that decides, and those that do not. */
      readonly used: string;
      readonly others: readonly string[];
    }
  | { readonly code: 'plan-alias'; readonly key: string; readonly documented: string }
  | { readonly code: 'plan-key-ignored'; readonly key: string; readonly used: string }
  | { readonly code: 'plan-source-missing'; readonly path: RepoPath }
  | { readonly code: 'plan-reference-missing'; readonly path: RepoPath };
