// Every import names its .ts file, so Jest needs no module mapping: swc only strips the types.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/connectors', '<rootDir>/config', '<rootDir>/sandbox', '<rootDir>/test'],
  // suites `.served.ts` need engines on servers, which the gate starts
  testMatch: ['**/*.spec.ts', ...(process.env.TEST_DATABASE_URL ? ['**/*.served.ts'] : [])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // above the 60 s of `until`, which says what did not come true; a slow machine may take that long to open a world
  testTimeout: 180_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1.5GB',
};
