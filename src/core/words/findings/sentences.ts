/** A sentence for every code of a family of findings; total, so no code can lack one. */
export type SentencesOf<F extends { readonly code: string }> = {
  readonly [C in F['code']]: (finding: Extract<F, { readonly code: C }>) => string;
};
