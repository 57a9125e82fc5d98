import { experiment, numbered } from './modules.ts'

/** Above a module: what tells threads apart, blocks one of them, and writes down that a task was called. */
export const blocking = `import { appendFileSync, existsSync, rmSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
const cell = new Int32Array(new SharedArrayBuffer(4))
const block = (ms) => void Atomics.wait(cell, 0, 0, ms)
const called = (input) => appendFileSync('calls', 'r' + input + '\\n')
const eatMemory = () => { const all = []; for (;;) all.push(new Array(10_000).fill(all.length)) }`

/** An experiment whose task is written down and blocks for a moment, and then does this; it returns its thread. */
export function threaded(count: number, then: string, more = ''): string {
  return experiment(
    `${numbered(count)}
      task: async (input, { signal }) => { called(input); block(20); ${then}; return { input, threadId } },
      evaluators: { same: ({ output, expectedOutput }) => output.input === expectedOutput },`,
    `${blocking}\n${more}`,
  )
}
