/** What differs between two builds because of what a finding is about; `rebuild --vary` varies it. */
export type Factor =
  | 'time'
  | 'timezone'
  | 'locale'
  | 'umask'
  | 'file-order'
  | 'build-path'
  | 'user'
  | 'cpus'
  | 'environment'
  | 'host'
  | 'network'
  | 'chance';

/** What a step, script or Dockerfile does that makes two builds differ. */
export type LintFinding =
  | { readonly code: 'lint-tar-order' }
  | { readonly code: 'lint-tar-mtime' }
  | { readonly code: 'lint-tar-owner'; readonly missing: readonly string[] }
  | { readonly code: 'lint-tar-pax' }
  | { readonly code: 'lint-gzip-header'; readonly by: 'gzip' | 'tar' }
  | { readonly code: 'lint-zip-extra' }
  | { readonly code: 'lint-zip-order' }
  | { readonly code: 'lint-zip-times' }
  | { readonly code: 'lint-date' }
  | { readonly code: 'lint-random'; readonly name: string }
  | { readonly code: 'lint-mktemp' }
  | { readonly code: 'lint-host'; readonly name: string }
  | { readonly code: 'lint-unsorted'; readonly name: string }
  | { readonly code: 'lint-environment'; readonly variables: readonly string[] }
  | { readonly code: 'lint-git-clone' }
  | { readonly code: 'lint-npm-install' }
  | { readonly code: 'lint-python-seed'; readonly name: string }
  | { readonly code: 'lint-python-random'; readonly name: string }
  | { readonly code: 'lint-python-time'; readonly name: string }
  | { readonly code: 'lint-python-order'; readonly name: string }
  | { readonly code: 'lint-python-archive'; readonly name: string };
