import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LlmobsExpError } from '../../model/errors.ts'
import { packageFolder } from '../package-folder.ts'

/** The experiments that `init` can write, with what they are in a few words. */
export const templates = {
  offline: 'runs at once, without a key: rules stand in for a model',
  openai: 'asks a model behind an endpoint that speaks as OpenAI does',
} as const

export type TemplateName = keyof typeof templates

export const templateNames: readonly TemplateName[] = Object.keys(templates).filter(isTemplateName)

export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name)
}

export interface TemplateValues {
  readonly name: string
  /** The module as commands name it, ready for a shell. */
  readonly command: string
  /** Absolute path of the dataset's file. */
  readonly dataset: string
  /** Without it the records stand in the module, where they need no schema to have types. */
  readonly hasZod: boolean
}

const folder = join(packageFolder, 'templates')
const DATASET = 'first-experiment.jsonl'
const BLOCK = /\n {2}\/\/ A record is an input[^\n]*\n(?: {2}\/\/[^\n]*\n)* {2}dataset: jsonl\([\s\S]*?\n {2}\}\),\n/

/** The text of a module. */
export function fillTemplate(template: TemplateName, values: TemplateValues): string {
  const text = read(`${template}.ts`)
  const filled = values.hasZod ? text : withoutZod(text)
  return filled
    .replaceAll('experiments/first-experiment.ts', () => values.command)
    .replaceAll(`'./${DATASET}'`, () => literal(`./${basename(values.dataset)}`))
    .replaceAll("'first-experiment'", () => literal(values.name))
}

/** The text of the dataset that belongs to every template. */
export function datasetText(): string {
  return read(DATASET)
}

function withoutZod(text: string): string {
  const records = datasetText()
    .trimEnd()
    .split('\n')
    .map((line) => `    ${recordLiteral(JSON.parse(line))},`)
  const block = [
    '',
    '  // A record is an input and what is expected of it. For records in a file, install zod (or valibot, or arktype) and write',
    '  // jsonl(path, { input: z.object({ … }), … }): the schemas check each line and give the types.',
    '  dataset: [',
    ...records,
    '  ],',
    '',
  ].join('\n')
  if (!BLOCK.test(text)) throw new LlmobsExpError('E_INTERNAL', 'a template has no dataset to replace')
  return text
    .replace(BLOCK, () => block)
    .replace("import { z } from 'zod'\n", '')
    .replace('{ defineExperiment, jsonl }', '{ defineExperiment }')
}

function recordLiteral(record: { id: string; input: { ticket: string }; expectedOutput: string }): string {
  const { id, input, expectedOutput } = record
  return `{ id: ${literal(id)}, input: { ticket: ${literal(input.ticket)} }, expectedOutput: ${literal(expectedOutput)} }`
}

/** A text as JavaScript. */
function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}
