import { defineConfig } from 'vitest/config'

/** What looks at what a process keeps (modules that are loaded once, handles, listeners) has a process for each file. */
const alone = ['test/library/**', 'test/load/**']

const elsewhere = ['**/node_modules/**', 'test/bench/**', 'test/fixtures/**']

const common = { pool: 'forks', testTimeout: 30_000 } as const

export default defineConfig({
  test: {
    // Most of the time goes into waiting for other processes: more than a worker for each of two cores.
    maxWorkers: 3,
    // .ci/run counts from this file.
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/llmobs-exp-tests.json' }]],
    projects: [
      {
        test: {
          ...common,
          name: 'shared',
          globalSetup: ['test/helpers/build.ts', 'test/faults/counts.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...elsewhere, ...alone],
          // A process for each file would take a third of the time for loading the same again.
          isolate: false,
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          globalSetup: ['test/helpers/build.ts'],
          include: alone.map((folder) => `${folder}/*.test.ts`),
          exclude: elsewhere,
        },
      },
    ],
  },
})
