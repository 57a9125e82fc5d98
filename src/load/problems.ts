import { LlmobsExpError } from '../model/errors.ts'
import { quote, quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'

/** One thing that is wrong with a definition. */
export interface Problem {
  /** Such as `evaluators.exact`. */
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** Gathers what is wrong with one definition, so that all of it is told at once. */
export interface Problems {
  readonly list: readonly Problem[]
  expected(path: string, what: string, got: unknown, hint?: string): void
  unknown(path: string, key: string, known: Iterable<string>): void
  add(problem: Problem): void
}

export function createProblems(): Problems {
  const list: Problem[] = []
  return {
    list,
    add: (problem) => {
      list.push(problem)
    },
    expected: (path, what, got, hint) => {
      list.push({ path, message: `expected ${what}, got ${quote(got)}`, ...(hint === undefined ? {} : { hint }) })
    },
    unknown: (path, key, known) => {
      const near = suggest(key, known)
      const hint = near === undefined ? `known: ${[...known].join(', ')}` : `did you mean ${quoteText(near)}?`
      list.push({ path: propertyPath(path, key), message: 'there is no such property', hint })
    },
  }
}

/** `evaluators.exact`, or `evaluators["not an identifier"]`. */
export function propertyPath(parent: string, key: string): string {
  if (!/^[\w$]+$/.test(key)) return `${parent}[${quoteText(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

/** Where a definition stands. */
export type DefinitionPlace = ExportPlace | typeof inCode

export interface ExportPlace {
  readonly file: string
  /** `default`, `default[1]`, or an export's name. */
  readonly exportName: string
}

/** The definition was handed over by code that runs it. */
export const inCode = 'the definition'

/** One error for all problems: the first in the message, the others in the hint. */
export function problemsError(list: readonly Problem[], place: DefinitionPlace): LlmobsExpError {
  const [first, ...others] = list
  const subject = place === inCode ? place : `${place.file}, export ${quoteText(place.exportName)}`
  const location = place === inCode ? {} : { location: { file: place.file } }
  if (first === undefined) return new LlmobsExpError('E_DEFINITION', `${subject}: not valid`, location)
  const hints = [
    ...(first.hint === undefined ? [] : [first.hint]),
    ...others.map((other) => `also: ${write(other)}${hintOf(other)}`),
  ]
  return new LlmobsExpError('E_DEFINITION', `${subject}: ${write(first)}`, {
    ...location,
    ...(hints.length === 0 ? {} : { hint: hints.join('\n') }),
  })
}

function write({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}

function hintOf({ hint }: Problem): string {
  return hint === undefined ? '' : ` (${hint})`
}
