import type { CommanderError } from 'commander'
import { LlmobsExpError } from '../model/errors.ts'
import { suggest } from '../model/suggest.ts'

/** What commander found wrong with a command line, as an error of this tool. */
export function usageError(error: CommanderError): LlmobsExpError {
  const [first = '', ...rest] = error.message.split('\n')
  const message = first.replace(/^error: /, '')
  return new LlmobsExpError('E_USAGE', message, { hint: hintFor(error.code, message, rest.join(' ')) })
}

function hintFor(code: string, message: string, suggestion: string): string {
  const [, near] = /^\(Did you mean (.+)\?\)$/.exec(suggestion) ?? []
  if (near !== undefined) return `did you mean ${near}?`
  const [, word = ''] = /^unknown command '(.*)'$/.exec(message) ?? []
  if (code === 'commander.unknownCommand' && /[./\\*]/.test(word)) return `to run it: llmobs-exp run ${word}`
  return 'llmobs-exp --help lists the commands, llmobs-exp <command> --help its options'
}

/** Reads a text that has to be one of a few words; for commander's `argParser`. */
export function oneOf(what: string, words: readonly string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text)) return text
    const near = suggest(text, words)
    throw new LlmobsExpError(
      'E_USAGE',
      `${what}: expected one of ${words.join(', ')}, got ${JSON.stringify(text)}`,
      near === undefined ? {} : { hint: `did you mean ${near}?` },
    )
  }
}
