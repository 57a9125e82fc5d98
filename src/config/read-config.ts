import { basename } from 'node:path'
import { LlmobsExpError } from '../model/errors.ts'
import { quote, quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'
import { configNames, isOptionName, type OptionName, runOptions } from './options.ts'

/** What a config file sets: option names to what would be given on the command line. */
export type ConfigTexts = { readonly [K in OptionName]?: readonly string[] }

/** What other words may mean that come from elsewhere. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['dotenv', 'it is read before this file: --dotenv <path>, or LLMOBS_EXP_DOTENV'],
  ['watch', 'it belongs to one command: --watch'],
  ['tags', 'tag is the word here'],
  ['reporters', 'reporter is the word here'],
  ['concurrency', 'jobs is the word here'],
  ['maxConcurrency', 'jobs is the word here'],
  ['retries', 'maxRetries is the word here'],
  ['testTimeout', 'timeout is the word here'],
])

interface Problem {
  readonly message: string
  readonly hint?: string
}

/**
 * Checks what a config file exports as its default.
 *
 * @param file for messages
 * @throws LlmobsExpError `E_CONFIG_FILE` that names file, key, what was expected and what was got; all problems at once
 */
export function readConfig(exported: unknown, file: string): ConfigTexts {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported) || exported instanceof Promise) {
    throw new LlmobsExpError(
      'E_CONFIG_FILE',
      `${basename(file)}: expected an object of options as the default export, got ${quote(exported)}`,
      { location: { file }, hint: 'export default defineConfig({ jobs: 20 })' },
    )
  }
  return readTexts(exported, (first, others) => {
    throw new LlmobsExpError('E_CONFIG_FILE', `${basename(file)}: ${first.message}`, {
      location: { file },
      ...hintOf(first, others),
    })
  })
}

/**
 * Checks what a function that runs experiments is given, in the form that a config file has.
 * @throws LlmobsExpError `E_OPTION` that names the key, what was expected and what was got; all problems at once
 */
export function readGivenOptions(given: object): ConfigTexts {
  return readTexts(given, (first, others) => {
    throw new LlmobsExpError('E_OPTION', first.message, hintOf(first, others))
  })
}

function readTexts(given: object, refuse: (first: Problem, others: readonly Problem[]) => never): ConfigTexts {
  const problems: Problem[] = []
  const texts: { [K in OptionName]?: readonly string[] } = {}
  for (const [key, value] of Object.entries(given)) {
    if (!isOptionName(key) || !configNames.includes(key)) problems.push(unknownKey(key))
    else if (value !== undefined) {
      const read = readValue(key, value)
      if (read.status === 'ok') texts[key] = read.texts
      else problems.push(read.problem)
    }
  }
  const [first, ...others] = problems
  return first === undefined ? texts : refuse(first, others)
}

type Read =
  | { readonly status: 'ok'; readonly texts: readonly string[] }
  | { readonly status: 'wrong'; readonly problem: Problem }

function readValue(name: OptionName, value: unknown): Read {
  const { textsOf, read, expected, expectedInConfig } = runOptions[name]
  const message = `${name}: expected ${expectedInConfig ?? expected}, got ${quote(value)}`
  const refuse = (): never => {
    throw new LlmobsExpError('E_CONFIG_FILE', message)
  }
  try {
    const texts = textsOf(value) ?? refuse()
    read(texts, refuse)
    return { status: 'ok', texts }
  } catch {
    return { status: 'wrong', problem: { message } }
  }
}

function unknownKey(key: string): Problem {
  const message = `there is no option ${quoteText(key)}`
  const near = suggest(key, configNames)
  const hint =
    otherWords.get(key) ?? (near === undefined ? `known: ${configNames.join(', ')}` : `did you mean ${near}?`)
  return { message, hint }
}

function hintOf(first: Problem, others: readonly Problem[]): { readonly hint?: string } {
  const hints = [
    ...(first.hint === undefined ? [] : [first.hint]),
    ...others.map(({ message, hint }) => `also: ${message}${hint === undefined ? '' : ` (${hint})`}`),
  ]
  return hints.length === 0 ? {} : { hint: hints.join('\n') }
}
