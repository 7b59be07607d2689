import type { RepoPath } from '../paths.js';

/** Who installs packages when an image is built. */
export type PackageManager = 'apt' | 'pip' | 'conda';

/** Why a Dockerfile cannot be built as it is written. */
export type DockerfileProblem =
  'no-from' | 'from-words' | 'before-from' | 'unknown-instruction' | 'heredoc-open';

/** Why the reference of a cloned repository does not fix its content. */
export type RefProblem = 'empty' | 'branch' | 'unclear' | 'short' | 'upper-case';

/** Why the address of a repository is refused, or should not stand in a file. */
export type UrlProblem = 'empty' | 'characters' | 'form' | 'option' | 'credentials';

/** Why the name of a repository is refused. */
export type NameProblem = 'empty' | 'reserved' | 'path' | 'option';

/** A field of `container.conf`, in the order of the line. */
export type ContainerField = 'name' | 'url' | 'branch' | 'method' | 'destination';

/** What a value of `vaibify.yml` must be. */
export type ValueType = 'text' | 'switch' | 'integer' | 'number' | 'list' | 'group';

/** The form that a text of `vaibify.yml` must have. */
export type TextRule = 'project-name' | 'absolute-path' | 'package-version';

/** Constructs of YAML that are valid and not read. */
export type YamlRefusal = 'depth' | 'aliases' | 'cycle' | 'tag' | 'documents' | 'key';

/** What can be wrong with the files that describe a container. */
export type ConfigFinding =
  // Any of the files
  | { readonly code: 'config-unreadable'; readonly reason: string }
  | { readonly code: 'config-too-large'; readonly limit: number }
  | { readonly code: 'config-more'; readonly times: number }
  // Images
  | { readonly code: 'image-not-pinned'; readonly reference: string }
  | { readonly code: 'image-digest-malformed'; readonly reference: string }
  | { readonly code: 'image-unresolved'; readonly reference: string; readonly argument: string }
  | { readonly code: 'image-by-argument'; readonly reference: string; readonly argument: string }
  | { readonly code: 'image-default'; readonly reference: string }
  // Dockerfile
  | {
      readonly code: 'dockerfile-syntax';
      readonly problem: DockerfileProblem;
      readonly word: string;
    }
  | {
      readonly code: 'package-not-pinned';
      readonly manager: PackageManager;
      readonly name: string;
    }
  | { readonly code: 'pip-without-hashes' }
  | { readonly code: 'piped-script'; readonly from: string; readonly to: string }
  | { readonly code: 'download-without-checksum'; readonly url: string }
  | { readonly code: 'epoch-not-set'; readonly gap: 'absent' | 'no-value' | 'not-a-number' }
  // Repositories, in container.conf and in vaibify.yml
  | { readonly code: 'repository-fields'; readonly count: number }
  | { readonly code: 'repository-method'; readonly method: string; readonly suggestion?: string }
  | { readonly code: 'repository-url'; readonly problem: UrlProblem }
  | { readonly code: 'repository-name'; readonly problem: NameProblem; readonly name: string }
  | {
      readonly code: 'repository-duplicate';
      readonly what: 'name' | 'destination';
      readonly value: string;
      readonly firstLine: number;
    }
  | { readonly code: 'repository-destination'; readonly destination: string }
  | { readonly code: 'repository-ref'; readonly problem: RefProblem; readonly ref: string }
  | { readonly code: 'repository-commits'; readonly times: number }
  | { readonly code: 'container-conf-blank'; readonly field: ContainerField }
  | { readonly code: 'container-conf-crlf'; readonly times: number }
  | { readonly code: 'container-conf-both'; readonly other: RepoPath }
  // vaibify.yml
  | { readonly code: 'yaml-syntax'; readonly problem: string }
  | { readonly code: 'yaml-refused'; readonly why: YamlRefusal }
  | { readonly code: 'config-duplicate-key'; readonly key: string; readonly firstLine: number }
  | { readonly code: 'config-unknown-key'; readonly key: string; readonly suggestion?: string }
  | { readonly code: 'config-missing-key'; readonly key: string }
  | {
      readonly code: 'config-type';
      readonly field: string;
      readonly expected: ValueType;
      /** The value as YAML reads it, when quotes would make it the text that is meant. */
      readonly reads?: string;
    }
  | {
      readonly code: 'config-choice';
      readonly field: string;
      readonly choices: readonly string[];
      readonly suggestion?: string;
    }
  | { readonly code: 'config-text'; readonly field: string; readonly rule: TextRule }
  | {
      readonly code: 'config-range';
      readonly field: string;
      readonly least: number;
      readonly most?: number;
      readonly zero: boolean;
    }
  | { readonly code: 'config-name-case'; readonly name: string }
  | { readonly code: 'conda-refused' }
  | { readonly code: 'network-open'; readonly stated: boolean };
