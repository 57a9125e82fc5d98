import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/bench/**', 'test/fixtures/**'],
    globalSetup: ['test/helpers/build.ts', 'test/faults/counts.ts'],
    pool: 'forks',
    // Most of the time goes into waiting for other processes: more than a worker for each of two cores.
    maxWorkers: 3,
    testTimeout: 30_000,
    // .ci/run counts from this file.
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/llmobs-exp-tests.json' }]],
  },
})
