/** The arrows of docs/architecture.md. Each rule says what a room may not reach. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-rooms-stay-pure',
      comment: 'identity, conditions and models are plain functions: nothing of ours, no Nest, no I/O',
      severity: 'error',
      from: { path: '^src/(identity|conditions|models)/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: [
          '^src/(?!(identity|conditions|models)/)',
          '^connectors/',
          '^config/',
          'node_modules/(@nestjs|drizzle-orm|@clickhouse|pg)/',
        ],
      },
    },
    {
      name: 'pure-rooms-do-not-mix',
      severity: 'error',
      from: { path: '^src/(identity|conditions|models)/' },
      to: { path: '^src/(identity|conditions|models)/', pathNot: '^src/$1/' },
    },
    {
      name: 'connectors-know-only-identity-and-the-contract',
      severity: 'error',
      from: { path: '^connectors/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src/(?!identity/)|config/|sandbox/|test/)', pathNot: '^$' },
    },
    {
      name: 'connector-specs-also-use-the-sandbox',
      severity: 'error',
      from: { path: '^connectors/.*\\.spec\\.ts$' },
      to: { path: '^(src/(?!identity/)|config/|test/)' },
    },
    {
      name: 'connectors-do-not-know-each-other',
      comment: 'files and http are no connectors: they hold what several share',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/' },
      to: { path: '^connectors/([^/]+)/', pathNot: '^connectors/($1|files|http)/' },
    },
    {
      name: 'what-connectors-share-knows-no-connector',
      severity: 'error',
      from: { path: '^connectors/(files|http)/' },
      to: { path: '^connectors/[^/]+/', pathNot: '^connectors/(files|http)/' },
    },
    {
      name: 'sandbox-shares-no-code-with-what-it-judges',
      severity: 'error',
      from: { path: '^sandbox/(?!demo/)', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src|connectors|config)/' },
    },
    {
      name: 'only-engines-open-stores',
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/engines/' },
      to: { path: 'node_modules/(pg|@electric-sql/pglite|chdb|@clickhouse/client|pg-boss|bull|ioredis)/' },
    },
    {
      name: 'only-the-command-line-and-the-demo-start-the-sandbox',
      severity: 'error',
      from: { path: '^(src|connectors|config)/', pathNot: '^src/cli\\.ts$|\\.spec\\.ts$' },
      to: { path: '^sandbox/' },
    },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '^src/(main|cli)\\.ts$' } },
    {
      name: 'engines-know-no-feature',
      severity: 'error',
      from: { path: '^src/engines/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/(?!engines/)' },
    },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      from: { pathNot: '\\.spec\\.ts$|^(test|bench)/' },
      to: { path: '\\.spec\\.ts$|^test/' },
    },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
