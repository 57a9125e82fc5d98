import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { LlmobsExpError } from '../model/errors.ts'
import type { Screen } from '../model/ports.ts'
import { isCi } from './ci.ts'

/** Asks people at a terminal. */
export interface Prompt {
  /** @throws LlmobsExpError `E_USAGE` when they leave with Ctrl-C or Ctrl-D */
  ask(question: string): Promise<string>
  close(): void
}

/** Whether somebody is there who could answer. */
export function canAsk({ stderr, env }: Screen): boolean {
  return process.stdin.isTTY === true && stderr.isTTY && !isCi(env)
}

/** Questions go to stderr, so that stdout stays what the command has to say. */
export function createPrompt(): Prompt {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.once('SIGINT', () => terminal.close())
  // Not `question`: lines that are pasted come before the next question, which would not see them.
  const lines = terminal[Symbol.asyncIterator]()
  return {
    async ask(question) {
      // A prompt of several lines would be drawn over what stands above it.
      const start = question.lastIndexOf('\n') + 1
      process.stderr.write(question.slice(0, start))
      terminal.setPrompt(question.slice(start))
      terminal.prompt()
      const { value, done } = await lines.next()
      if (done !== true) return value
      throw new LlmobsExpError('E_USAGE', 'the questions were left without an answer: nothing was done')
    },
    close: () => terminal.close(),
  }
}
