/** What can be wrong with a Python lock file. */
export type LockFinding =
  | { readonly code: 'lock-unpinned'; readonly name: string }
  | { readonly code: 'lock-unhashed'; readonly name: string };
