/** The text of the workflow that rebuilds plans every night on GitHub Actions. Pure. */
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';

/** Where GitHub looks for it. */
export const WORKFLOW_FILE = '.github/workflows/reprolens-rebuild.yml' as RepoPath;
/** Where the program lies that the workflow runs: beside it, under review like everything else. */
export const PROGRAM_FILE = '.github/reprolens/cli.js' as RepoPath;

/** What the workflow is made from. */
export interface WorkflowFacts {
  /** At least one; see {@link fitsWorkflow}. */
  readonly plans: readonly RepoPath[];
  readonly program: { readonly sha256: Sha256; readonly version: string };
}

/** Control characters, surrogates and whatever else has no place in a line of YAML. */
const UNWRITABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Whether a plan of this name can stand in a workflow: GitHub evaluates `${{ }}` in every value, so a
 * file of such a name would be a program.
 */
export const fitsWorkflow = (plan: RepoPath): boolean =>
  !UNWRITABLE.test(plan) && !plan.includes('${{');

/** Actions by commit: a tag can be moved, and what it leads to then runs with the job's token. */
const ACTIONS = {
  checkout: 'actions/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1',
  node: 'actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0',
  upload: 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2',
} as const;

/** The workflow. YAML 1.1 and 1.2 read the same in it; the same from the same facts. */
export function ciWorkflow({ plans, program }: WorkflowFacts): string {
  const names = artifactNames(plans);
  const jobs = plans.flatMap((plan, index) => [
    `          - plan: ${quoted(plan)}`,
    `            artifact: ${quoted(names[index] ?? '')}`,
  ]);
  const lines = [...head(program.version), ...HEAD, ...jobs, ...before(program.sha256), ...WORK];
  return `${lines.join('\n')}\n`;
}

const head = (version: string): readonly string[] => [
  `# Written by "reprolens publish workflow" (reprolens ${version}), which also shows what would change in it.`,
  '#',
  '# Rebuilds a tag from its own commit every night, compares the artifact with its reference, and keeps',
  '# the attestations whatever the verdict. Fails when a rebuild does not match.',
  '#',
  `# The program is ${PROGRAM_FILE} in this repository. No package index is asked for it, and it is`,
  '# not run unless its SHA-256 is the one below.',
];

const HEAD = [
  'name: reprolens rebuild',
  '',
  // YAML 1.1 reads a bare `on` as true.
  "'on':",
  '  schedule:',
  "    - cron: '0 3 * * *' # 03:00 UTC",
  '  workflow_dispatch:',
  '    inputs:',
  '      tag:',
  "        description: 'The tag to rebuild; empty: the newest one'",
  '        type: string',
  '        required: false',
  "        default: ''",
  '',
  'permissions:',
  '  contents: read',
  '',
  'concurrency:',
  '  group: reprolens-rebuild',
  '  cancel-in-progress: false',
  '',
  'defaults:',
  '  run:',
  '    shell: bash',
  '',
  'jobs:',
  '  rebuild:',
  '    name: rebuild (${{ matrix.plan }})',
  '    runs-on: ubuntu-24.04',
  '    timeout-minutes: 60',
  '    strategy:',
  '      fail-fast: false',
  '      matrix:',
  '        include:',
];

const before = (sha256: Sha256): readonly string[] => [
  '    steps:',
  '      - name: Check out, with all tags',
  `        uses: ${ACTIONS.checkout}`,
  '        with:',
  '          fetch-depth: 0',
  '          persist-credentials: false',
  '',
  '      - name: Node',
  `        uses: ${ACTIONS.node}`,
  '        with:',
  "          node-version: '22'",
  '',
  '      - name: Check the digest of the program',
  '        env:',
  `          PROGRAM: ${PROGRAM_FILE}`,
  `          PROGRAM_SHA256: ${quoted(sha256)}`,
  ...script(PROGRAM),
  '',
  '      - name: Install bubblewrap',
  ...script(BUBBLEWRAP),
  '',
];

/** Out of the work tree, which is about to become that of the tag. */
const PROGRAM = [
  'cp "$PROGRAM" "$RUNNER_TEMP/reprolens.cjs"',
  'echo "$PROGRAM_SHA256  $RUNNER_TEMP/reprolens.cjs" | sha256sum --check --strict',
];

const BUBBLEWRAP = [
  'sudo apt-get update',
  'sudo apt-get install --yes --no-install-recommends bubblewrap',
  'isolates() { bwrap --unshare-all --ro-bind / / true; }',
  'if ! isolates; then',
  '  # Ubuntu 24.04 lets only programs with an AppArmor profile make user namespaces. This one is for',
  '  # bubblewrap alone; switching the restriction off would be for every program.',
  "  profile='abi <abi/4.0>,",
  '  include <tunables/global>',
  "  profile reprolens-bwrap /usr/bin/bwrap flags=(unconfined) { userns, }'",
  '  echo "$profile" | sudo tee /etc/apparmor.d/reprolens-bwrap > /dev/null',
  '  sudo apparmor_parser --replace /etc/apparmor.d/reprolens-bwrap || true',
  '  # The attestation records the isolation that there was.',
  '  isolates || echo "::warning title=No sandbox::bubblewrap does not work on this runner: the rebuild will not be hermetic, only in a clean folder"',
  'fi',
];

const TAG = [
  'give_up() {',
  '  printf \'::error title=Not rebuilt::%s\\n\' "$1"',
  '  printf \'### Not rebuilt\\n\\n    %s\\n\' "$1" >> "$GITHUB_STEP_SUMMARY"',
  '  exit 1',
  '}',
  'tag=$INPUT_TAG',
  'if [ -z "$tag" ]; then',
  '  tag=$(git describe --tags --abbrev=0) ||',
  "    give_up 'No tag can be reached from this commit. Tag a release, or start the workflow by hand with the name of a tag.'",
  'fi',
  '# Only what git takes for a name goes on: no line end, no option.',
  'git show-ref --verify --quiet "refs/tags/$tag" ||',
  '  give_up "The repository has no tag of this name: $(printf \'%q\' "$tag")"',
  'git checkout --quiet --detach "refs/tags/$tag"',
  'printf \'tag=%s\\n\' "$tag" >> "$GITHUB_OUTPUT"',
];

const REBUILD = [
  '# What the steps of a plan print must not become commands to the runner.',
  'token=$(head -c 16 /dev/urandom | od -An -v -tx1 | tr -d " \\n")',
  'echo "::stop-commands::$token"',
  'status=0',
  '# Not into the work tree: a plan may copy all of it, and attestations may be committed there.',
  'node "$RUNNER_TEMP/reprolens.cjs" rebuild "--tag=$TAG" "--plan=$PLAN" --isolation auto \\',
  '  --out "$RUNNER_TEMP/artifacts/repro/attestations" \\',
  '  --json-file "$RUNNER_TEMP/verdict.json" > "$RUNNER_TEMP/verdict.txt" || status=$?',
  'cat "$RUNNER_TEMP/verdict.txt"',
  'echo "::$token::"',
  'value() { sed -n \'s/^  "\'"$1"\'": "\\([a-z-]*\\)",*$/\\1/p\' "$RUNNER_TEMP/verdict.json" || true; }',
  'reason=$(value reason)',
  'isolation=$(value isolation)',
  'case "$status/$reason" in',
  "  0/match) verdict='Match: the rebuilt artifact is the reference' ;;",
  "  3/no-reference) verdict='Not compared: the plan names no reference' ;;",
  "  3/*) verdict='Mismatch: the rebuilt artifact is not the reference' ;;",
  "  1/*) verdict='Not rebuilt: something is missing, or a step failed' ;;",
  '  *) verdict="Not rebuilt: status $status" ;;',
  'esac',
  '{',
  '  printf \'### %s\\n\\n\' "$verdict"',
  '  printf \'    %s\\n\' "tag        $TAG" "plan       $PLAN" "status     $status" \\',
  '    "reason     ${reason:-see the log}" "isolation  ${isolation:-none}" \'\'',
  '  sed \'s/^/    /\' "$RUNNER_TEMP/verdict.txt"',
  '} >> "$GITHUB_STEP_SUMMARY"',
  '[ "$status" -eq 0 ] || echo "::error title=Rebuild::$verdict"',
  'exit "$status"',
];

const script = (lines: readonly string[]): readonly string[] => [
  '        run: |',
  ...lines.map((line) => `          ${line}`),
];

const WORK: readonly string[] = [
  '      - name: Go to the tag',
  '        id: tag',
  '        env:',
  '          INPUT_TAG: ${{ inputs.tag }}',
  '          # Some files would be pointers, and others not.',
  "          GIT_LFS_SKIP_SMUDGE: '1'",
  ...script(TAG),
  '',
  '      - name: Rebuild and compare',
  '        env:',
  '          TAG: ${{ steps.tag.outputs.tag }}',
  '          PLAN: ${{ matrix.plan }}',
  ...script(REBUILD),
  '',
  '      - name: Keep the attestations, whatever the verdict',
  '        if: always()',
  `        uses: ${ACTIONS.upload}`,
  '        with:',
  '          name: ${{ matrix.artifact }}',
  '          path: ${{ runner.temp }}/artifacts/repro/attestations/',
  '          if-no-files-found: warn',
];

/** A YAML scalar that is a text in every version. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Names that the artifacts of one run may have: distinct, and without what the service refuses. */
function artifactNames(plans: readonly RepoPath[]): readonly string[] {
  const taken = new Set<string>();
  return plans.map((plan) => {
    const words = plan.replaceAll(/[^A-Za-z0-9._]+/g, '-').slice(0, 100);
    const base = `reprolens-attestations-${words}`;
    let name = base;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
