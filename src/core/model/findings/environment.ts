/** What can be wrong with a captured environment, or with the image that it names. */
export type EnvironmentFinding =
  | { readonly code: 'environment-json-syntax'; readonly problem: string }
  | { readonly code: 'environment-schema'; readonly field: string; readonly expected: string };
