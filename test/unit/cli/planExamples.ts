/** The minimal example of FixOps's document, as it is printed there. */
export const MINIMAL = `version: 1
artifact: dist/fixops-{tag}.tar.gz
sources:
  - path: .
    destination: source
steps:
  - run: |
      mkdir -p dist
      tar -czf dist/fixops-{tag}.tar.gz -C source .
reference_attestation: artifacts/attestations/fixops-{tag}.json
`;

/** The deterministic one. */
export const DETERMINISTIC = `version: 1
artifact: dist/fixops-{tag}.tar.gz
sources:
  - path: .
    destination: source
steps:
  - run: |
      mkdir -p dist
      rm -rf source/dist source/artifacts source/analysis source/reports source/tmp source/.pytest_cache source/__pycache__; find source -type d -name '__pycache__' -exec rm -rf {} +; find source -name '*.pyc' -delete
      GZIP=-n tar --sort=name --mtime='UTC 2023-01-01' \\
        --owner=0 --group=0 --numeric-owner \\
        --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f \\
        -czf dist/fixops-{tag}.tar.gz -C source .
reference_attestation: artifacts/attestations/fixops-{tag}.json
environment:
  LC_ALL: C.UTF-8
  LANG: C.UTF-8
  TZ: UTC
`;
