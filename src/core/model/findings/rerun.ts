/** What can stand in the way of a rerun, and what can come of it. */
export type RerunFinding =
  | { readonly code: 'rerun-interactive-step'; readonly step: string }
  | { readonly code: 'rerun-disabled-step'; readonly step: string };
