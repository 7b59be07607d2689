/** Pipelines for tests: made to the shape of those that vaibify's own validator was seen to accept. */

type Json = Record<string, unknown>;

/** Every key that a step needs, with nothing in it. */
export const emptyStep = (more: Json = {}): Json => ({
  sName: 'Step',
  sDirectory: 'A',
  saPlotCommands: [],
  saPlotFiles: [],
  ...more,
});

/** A document with these steps. */
export const pipelineText = (steps: unknown, more: Json = {}): string =>
  JSON.stringify(
    { iWorkflowSchemaVersion: 12, sPlotDirectory: 'Plot', listSteps: steps, ...more },
    null,
    2,
  );

const declaration = {
  sName: 'AI Declaration',
  sDirectory: 'aiDeclaration',
  sStepKind: 'ai-declaration',
  sDeclarationFile: 'AI_USAGE.md',
  bInteractive: true,
  saPlotCommands: [],
  saPlotFiles: [],
};

/** Monte Carlo samples: the example of a Monte Carlo study in vaibify's format, without the keys that declare nothing. */
export const EXAMPLE_1 = pipelineText(
  [
    {
      sName: 'Generate Samples',
      sDirectory: 'GenerateSamples',
      saPlotCommands: [],
      saPlotFiles: [],
      saDataCommands: [
        'python -u generateSamples.py --count 500 --seed 12345 --output samples.json',
      ],
      saOutputDataFiles: ['samples.json', 'tables/summary.csv'],
      saInputDataFiles: ['data/catalog.csv'],
      sStepId: 'generate-samples',
      saTestCommands: [],
      dictTests: {
        dictIntegrity: {
          saCommands: ['python -m pytest tests/test_integrity.py -v'],
          sFilePath: 'GenerateSamples/tests/test_integrity.py',
          sStandardsPath: 'GenerateSamples/tests/integrity_standards.json',
        },
        dictQualitative: { saCommands: [], sFilePath: '' },
        dictQuantitative: {
          saCommands: ['python -m pytest tests/test_quantitative.py -v'],
          sFilePath: 'GenerateSamples/tests/test_quantitative.py',
          sStandardsPath: 'GenerateSamples/tests/quantitative_standards.json',
        },
        listUserTests: [],
      },
    },
    {
      sName: 'Plot Histogram',
      sDirectory: 'PlotHistogram',
      saPlotCommands: [
        'python plotHistogram.py --samples {step:generate-samples.samples} --output {sPlotDirectory}/histogram.{sFigureType}',
      ],
      saPlotFiles: ['{sPlotDirectory}/histogram.{sFigureType}', 'residuals.png'],
      saDataCommands: [],
      saOutputDataFiles: [],
      sStepId: 'plot-histogram',
      bInteractive: false,
    },
    { ...declaration, sStepId: 'ai-declaration' },
  ],
  { sWorkflowName: 'Stellar samples', sFigureType: 'svg', iNumberOfCores: -1 },
);

/** The manifest set that the reference documents for it. */
export const EXAMPLE_1_SET = [
  'AI_USAGE.md',
  'GenerateSamples/generateSamples.py',
  'GenerateSamples/samples.json',
  'GenerateSamples/tables/summary.csv',
  'GenerateSamples/tests/integrity_standards.json',
  'GenerateSamples/tests/quantitative_standards.json',
  'GenerateSamples/tests/test_integrity.py',
  'GenerateSamples/tests/test_quantitative.py',
  'Plot/histogram.svg',
  'PlotHistogram/plotHistogram.py',
  'PlotHistogram/residuals.png',
  'data/catalog.csv',
];

/** A parameter sweep: example 2 there. */
export const EXAMPLE_2 = pipelineText(
  [
    {
      sName: 'Integrate Orbits',
      sDirectory: 'IntegrateOrbits',
      saPlotCommands: [],
      saPlotFiles: [],
      saDataCommands: ['/opt/orbit/bin/orbit grid.in', 'python3 -u collect.py runs orbits.h5'],
      saOutputDataFiles: ['orbits.h5', 'energy_error.csv'],
      saInputDataFiles: ['catalogs/planets.csv'],
      saSetupCommands: ['mkdir -p runs'],
      saScratchDirs: ['runs'],
      listRemoteData: [{ sPath: 'catalogs/planets.csv' }],
      saTestCommands: ['python -m pytest tests/test_energy.py -q'],
      dictTests: {
        dictIntegrity: { saCommands: [], sFilePath: '' },
        dictQuantitative: { saCommands: [], sFilePath: '', sStandardsPath: '' },
        listUserTests: [{ sFilePath: 'IntegrateOrbits/tests/test_energy.py' }],
      },
    },
    {
      sName: 'Stability Map',
      sDirectory: 'StabilityMap',
      saPlotCommands: ['python drawMap.py classes.csv stability.pdf'],
      saPlotFiles: ['stability.pdf', '../shared/colorbar.pdf'],
      saDataCommands: ['python classify.py {step:integrate-orbits.orbits} classes.csv'],
      saOutputDataFiles: ['classes.csv'],
      saDependencies: ['{step:integrate-orbits.energy_error}'],
    },
    declaration,
  ],
  { sWorkflowName: 'Orbital stability', sPlotDirectory: 'Figures' },
);

/** What the rules of section 1.6 make of it. */
export const EXAMPLE_2_SET = [
  'AI_USAGE.md',
  'IntegrateOrbits/collect.py',
  'IntegrateOrbits/energy_error.csv',
  'IntegrateOrbits/orbits.h5',
  'IntegrateOrbits/tests/test_energy.py',
  'StabilityMap/classes.csv',
  'StabilityMap/classify.py',
  'StabilityMap/drawMap.py',
  'StabilityMap/stability.pdf',
  'catalogs/planets.csv',
  'shared/colorbar.pdf',
];
