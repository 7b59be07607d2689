// Typed lint at its strictest, and the import directions of docs/architecture.md as rules.
import tseslint from 'typescript-eslint';

/** The doors to the machine: only src/core/system may open them. */
const MACHINE = ['fs', 'fs/promises', 'child_process', 'worker_threads', 'http', 'https', 'net']
  .flatMap((name) => [name, `node:${name}`])
  .map((name) => ({ name, message: 'Only src/core/system opens the door to the machine.' }));

/** Rooms from the ground up: each may import itself and what stands below it. */
const FLOORS = [
  'model',
  'formats',
  'lint',
  'system',
  'projects',
  'verify',
  'produce',
  'remotes',
  'rebuild',
];
/** `formats` and `lint` are pure: the machine stays out of them although `system` stands beside them. */
const FORBIDDEN_BELOW = { model: FLOORS.slice(1), formats: FLOORS.slice(2) };

const banned = (patterns, paths = []) => ({
  'no-restricted-imports': ['error', { patterns, paths }],
});
const editor = { group: ['vscode', '**/vscode/*'], message: 'The core must not know the editor.' };
const cli = { group: ['**/cli/*'], message: 'The command line is a leaf: nobody imports it.' };
const roots = {
  group: ['**/extension.js', '**/editor.js', '**/cli/main.js'],
  message: 'Composition roots are imported by nobody.',
};

const floorRules = FLOORS.map((floor, index) => {
  const above = FORBIDDEN_BELOW[floor] ?? FLOORS.slice(index + 1);
  // Side rooms of one floor: producing evidence and verifying it do not know each other.
  const rooms = floor === 'system' ? [...above, 'formats', 'lint'] : above;
  const direction = {
    group: rooms.map((room) => `**/${room}/**`),
    message: `Import direction: ${floor} stands below these rooms (docs/architecture.md).`,
  };
  return {
    files: [`src/core/${floor}/**/*.ts`],
    rules: banned(
      [editor, cli, roots, ...(rooms.length ? [direction] : [])],
      floor === 'system' ? [] : MACHINE,
    ),
  };
});

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'out', 'sample', 'test/fixtures', '**/node_modules'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 12],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['src/core/words/**/*.ts'], rules: banned([editor, cli, roots], MACHINE) },
  ...floorRules,
  { files: ['src/cli/**/*.ts'], rules: banned([editor, roots], MACHINE) },
  {
    files: ['src/vscode/*.ts'],
    rules: banned(
      [
        cli,
        roots,
        {
          // A surface never imports another surface: only these are shared.
          regex:
            '^\\./(?!(model|contributions|ui|places|hoverText|planHoverText|planView|proposals|cliTask|reports|(?:testing|tree)[A-Z]\\w*)(\\.js)?$)',
          message: 'A surface never imports another surface.',
        },
      ],
      MACHINE,
    ),
  },
  { files: ['src/vscode/commands/*.ts'], rules: banned([cli, roots], MACHINE) },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.mjs', 'test/harness/**/*.{js,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-unused-vars': ['error', { caughtErrors: 'none' }], eqeqeq: 'error' },
  },
);
