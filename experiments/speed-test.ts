import { pbkdf2Sync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineExperiment } from 'llmobs-exp'

// Shows what --jobs and --threads are worth: 1,002 tasks that wait, that block their thread as execFileSync would, or whose
// evaluator computes. Try `--only speed-test/blocking` with `--jobs 1`, with `--jobs 10`, and with `--jobs 10 --threads 10`.

const cell = new Int32Array(new SharedArrayBuffer(4))

export default defineExperiment({
  name: 'speed-test',
  dataset: Array.from({ length: 334 }, (_, index) => ({ input: { index }, expectedOutput: index })),
  config: { milliseconds: 20, rounds: 0 },
  variants: {
    waiting: {
      task: async ({ index }, { config }) => {
        await sleep(config.milliseconds)
        return index
      },
    },
    blocking: {
      task: ({ index }, { config }) => {
        Atomics.wait(cell, 0, 0, config.milliseconds)
        return index
      },
    },
    computing: { config: { rounds: 20_000 }, task: async ({ index }) => index },
  },
  evaluators: {
    exact: ({ output, expectedOutput }) => output === expectedOutput,
    bytes: ({ output, config: { rounds } }) =>
      rounds === 0 ? null : pbkdf2Sync(String(output), 'salt', rounds, 32, 'sha256').length,
  },
  thresholds: { exact: 1 },
  runs: 3,
})
