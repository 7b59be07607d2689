/**
 * The keys of vaibify's pipeline documents, from schema version 0 (May 2026, `workflow.json`) to 12
 * (August 2026, `.vaibify/projects/*.json`), as one schema. Its names are vaibify's: the prefix tells
 * the type (s string, sa list of strings, i integer, f float, b boolean, dict, list).
 *
 * A field that declares files carries its role and how its text becomes a path in {@link paths}; the
 * declared set is made by walking that registry, so a field cannot be known and yet be forgotten.
 */
import * as z from 'zod/mini';
import type { Role } from '../../model/place.js';

/** Compiling validators with `new Function` buys nothing here, and policies may forbid it. */
z.config({ jitless: true });

/** The newest version whose keys are known (docs/vaibify.md, section 2). */
export const KNOWN_VERSION = 12;

/**
 * How a field's text becomes a path of the repository (docs/vaibify.md, section 4):
 * `step` outputs, joined with the step's directory; `repo` inputs, never joined; `script` the
 * script that a command runs; `test-script` the scripts among a test command's words; `root` and
 * `literal` are relative to the repository, the former left out when it holds a token.
 */
export type PathBase = 'step' | 'repo' | 'script' | 'test-script' | 'root' | 'literal';

/** What a field that declares files says about them. */
export interface PathRule {
  readonly role: Role;
  readonly base: PathBase;
  /** Left out when the document switches `bArchiveTests` off. */
  readonly archive?: true;
  /** Only steps of the kind `ai-declaration`, which have this default. */
  readonly declarationDefault?: string;
}

/** The fields that declare files: the schema of the single string, with its rule. */
export const paths = z.registry<PathRule>();

const path = (rule: PathRule) => z.string().register(paths, rule);
const pathList = (rule: PathRule) => z.array(path(rule));

const text = () => z.nullish(z.string());
const flag = () => z.nullish(z.boolean());
const real = () => z.nullish(z.number());
const integer = () => z.nullish(z.int());
const texts = () => z.optional(z.array(z.string()));
const anything = () => z.optional(z.unknown());
const group = <T extends z.core.$ZodLooseShape>(shape: T) => z.nullish(z.looseObject(shape));
const groups = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.optional(z.array(z.looseObject(shape)));
const mapOf = <T extends z.core.SomeType>(value: T) => z.nullish(z.record(z.string(), value));

const testCategory = () =>
  group({
    saCommands: texts(),
    sFilePath: z.optional(path({ role: 'test', base: 'root', archive: true })),
    sStandardsPath: z.optional(path({ role: 'standard', base: 'literal', archive: true })),
    sLastOutput: text(),
  });

const tests = group({
  dictIntegrity: testCategory(),
  dictQualitative: testCategory(),
  dictQuantitative: testCategory(),
  listUserTests: groups({ sName: text(), sCommand: text(), sFilePath: text() }),
});

const category = () => mapOf(z.string());

export const step = z.looseObject({
  sName: z.string(),
  sDirectory: z.string(),
  sStepId: z.nullish(z.string()),
  sStepKind: text(),
  sDeclarationFile: z.nullish(
    path({
      role: 'declaration',
      base: 'literal',
      archive: true,
      declarationDefault: 'AI_USAGE.md',
    }),
  ),
  sDescription: text(),
  sFigureType: text(),
  bRunEnabled: flag(),
  bEnabled: flag(),
  bPlotOnly: flag(),
  bInteractive: anything(),
  bNoInputData: flag(),
  bUnseededRandomnessWarning: flag(),
  iDiscoveryMaxDepth: integer(),
  fWallClockBudgetSeconds: real(),
  saSetupCommands: texts(),
  saDataCommands: z.optional(pathList({ role: 'script', base: 'script' })),
  saPlotCommands: pathList({ role: 'script', base: 'script' }),
  saTestCommands: z.optional(pathList({ role: 'test', base: 'test-script', archive: true })),
  saCommands: texts(),
  saPlotFiles: pathList({ role: 'plot', base: 'step' }),
  saOutputDataFiles: z.optional(pathList({ role: 'output', base: 'step' })),
  saDataFiles: z.optional(pathList({ role: 'data', base: 'step' })),
  saOutputFiles: z.optional(pathList({ role: 'output', base: 'step' })),
  saInputDataFiles: z.optional(pathList({ role: 'input', base: 'repo' })),
  saInputFiles: texts(),
  saScratchDirs: texts(),
  saDependencies: texts(),
  saBinaryDependencies: texts(),
  saSourceCodeDeps: texts(),
  listRemoteData: groups({
    sPath: text(),
    sSourceUrl: text(),
    sDigestBecameCurrentUtc: text(),
    sRetrievedUtc: text(),
    sSha256: text(),
  }),
  dictTests: tests,
  dictPlotFileCategories: category(),
  dictOutputDataFileCategories: category(),
  dictDataFileCategories: category(),
  dictExcludedFiles: mapOf(z.boolean()),
  dictVerification: anything(),
  dictRunStats: anything(),
});

const remotes = group({
  github: group({ sOwner: text(), sRepo: text(), sBranch: text(), sCommittedSha: text() }),
  overleaf: group({ sProjectId: text(), sLastPushCommit: text() }),
  zenodo: group({ sRecordId: text(), sDoi: text(), sService: text() }),
  arxiv: group({ sArxivId: text(), sArxivVersion: text(), dictPathMap: mapOf(z.string()) }),
});

const syncStatus = mapOf(
  z.looseObject({
    bOverleaf: flag(),
    sOverleafTimestamp: text(),
    sOverleafLastPushedDigest: text(),
    bGithub: flag(),
    sGithubTimestamp: text(),
    bZenodo: flag(),
    sZenodoTimestamp: text(),
    sZenodoLastPushedDigest: text(),
    sZenodoLastPushedEndpoint: text(),
  }),
);

const provenance = group({
  listDeclaredModels: groups({
    sVendor: text(),
    sModelId: text(),
    sUseStartDate: text(),
    sUseEndDate: text(),
    bOpenWeights: flag(),
    sWeightsSource: text(),
    sWeightsRevisionHash: text(),
  }),
  dictPersonalLayer: group({ sStatus: text() }),
  dictPromptRecord: group({ bEnabled: flag(), bFirstCaptureReviewed: flag() }),
  dictSupervision: group({ bEnabled: flag() }),
});

const creators = () => groups({ sName: text(), sAffiliation: text(), sOrcid: text() });

/** A whole pipeline document. Unknown keys are allowed and stay. */
export const pipeline = z.looseObject({
  iWorkflowSchemaVersion: integer(),
  sWorkflowName: text(),
  sProjectTitle: text(),
  sWorkflowId: text(),
  sPlotDirectory: z.string(),
  sFigureType: text(),
  iNumberOfCores: integer(),
  iEstimatedOutputBytes: integer(),
  listSteps: z.array(step),
  bArchiveTests: flag(),
  bAutoArchive: flag(),
  bArchiveTrackingMigrated: flag(),
  fTolerance: real(),
  fDefaultWallClockBudgetSeconds: real(),
  dictDeterminism: group({
    bAcceptBlasVariance: flag(),
    dOmpNumThreads: real(),
    sMklCbwr: text(),
  }),
  bNoStandaloneBinaries: flag(),
  listDeclaredBinaries: groups({ sBinaryPath: text(), sPurpose: text(), sExpectedVersion: text() }),
  saHostBinaries: texts(),
  listBinaryDirectories: texts(),
  listModifiedFiles: texts(),
  dictRemotes: remotes,
  dictSyncStatus: syncStatus,
  dictAiProvenance: provenance,
  dictRandomnessLint: group({ sConfigGlob: text(), sSeedRegex: text() }),
  dictZenodoMetadata: group({
    sTitle: text(),
    sDescription: text(),
    listCreators: creators(),
    sLicense: text(),
    listKeywords: texts(),
    sRelatedGithubUrl: text(),
  }),
  sZenodoService: text(),
  sZenodoDepositionId: text(),
  sZenodoDoi: text(),
  sZenodoLatestDoi: text(),
  sZenodoConceptDoi: text(),
  sZenodoLatestUrl: text(),
  sOverleafProjectId: text(),
  sOverleafTargetDirectory: text(),
  sOverleafFigureDirectory: text(),
  sGithubBaseUrl: text(),
  listCreators: creators(),
  listKeywords: texts(),
  sLicense: text(),
  sTexFilename: text(),
  listDatasets: groups({ sDoi: text(), sFileName: text(), sDestination: text() }),
  sProjectRepoPath: text(),
});
