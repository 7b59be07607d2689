/** What can be wrong with the files that describe a container. */
export type ConfigFinding = { readonly code: 'image-not-pinned'; readonly reference: string };
