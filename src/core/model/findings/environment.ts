import type { Sha256 } from '../digest.js';

/** A layer below the pipeline whose version is recorded. */
export type SystemTool = 'python' | 'compiler' | 'libc' | 'os';

/** What can be wrong with a captured environment, or with the image that it names. */
export type EnvironmentFinding =
  // The document
  | { readonly code: 'environment-json-syntax'; readonly problem: string }
  | { readonly code: 'environment-schema'; readonly field: string; readonly expected: string }
  | { readonly code: 'environment-schema-newer'; readonly version: string }
  | { readonly code: 'environment-no-image' }
  | { readonly code: 'environment-unpinned'; readonly reference: string }
  | { readonly code: 'environment-two-images'; readonly other: string }
  | { readonly code: 'environment-host-mode' }
  // The image
  | { readonly code: 'image-local-only'; readonly held: boolean }
  | { readonly code: 'image-missing'; readonly reference: string }
  | {
      readonly code: 'image-manifest-mismatch';
      readonly expected: Sha256;
      readonly actual: Sha256;
    }
  | { readonly code: 'image-manifest-malformed'; readonly problem: string }
  | { readonly code: 'image-blob-missing'; readonly digest: Sha256 }
  | { readonly code: 'image-blob-mismatch'; readonly expected: Sha256; readonly actual?: Sha256 }
  | { readonly code: 'image-unauthorised'; readonly registry: string }
  | { readonly code: 'image-unreachable'; readonly registry: string; readonly reason: string }
  | {
      readonly code: 'image-engine-refused';
      readonly engine: 'docker' | 'podman';
      readonly reason: string;
    }
  | { readonly code: 'image-engine-absent'; readonly engine: 'docker' | 'podman' }
  | {
      readonly code: 'image-tag-moved';
      readonly tag: string;
      readonly recorded: Sha256;
      readonly current: Sha256;
    }
  // How a capture came about
  | { readonly code: 'capture-not-inspected'; readonly reference: string }
  | { readonly code: 'capture-unpublished'; readonly reference: string }
  | { readonly code: 'capture-unconfirmed'; readonly reference: string }
  | { readonly code: 'capture-base-image'; readonly reference: string }
  | { readonly code: 'capture-tools-of-host' }
  | { readonly code: 'capture-replaces-malformed' }
  // Pinning a Dockerfile
  | { readonly code: 'pin-variable'; readonly reference: string }
  // This machine
  | {
      readonly code: 'binary-drifted';
      readonly path: string;
      readonly expected: Sha256;
      readonly actual?: Sha256;
    }
  | {
      readonly code: 'tool-drifted';
      readonly tool: SystemTool;
      readonly expected: string;
      readonly actual?: string;
    };
