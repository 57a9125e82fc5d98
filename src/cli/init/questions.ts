import { LlmobsExpError } from '../../model/errors.ts'
import type { Screen } from '../../model/ports.ts'
import { quoteText } from '../../model/quote.ts'
import { suggest } from '../../model/suggest.ts'
import { canAsk, createPrompt, type Prompt } from '../../terminal/prompt.ts'
import { isTemplateName, type TemplateName, templateNames, templates } from './fill-template.ts'
import { type InitTarget, nameFault, nameOfTarget, parseTarget } from './target.ts'

export interface InitFlags {
  readonly name?: string
  readonly template?: string
  readonly yes?: boolean
  readonly force?: boolean
}

export interface InitPlan {
  readonly name: string
  readonly template: TemplateName
  readonly target: InitTarget
}

const DEFAULT_NAME = 'first-experiment'
const DEFAULT_FOLDER = 'experiments'
const DEFAULT_TEMPLATE: TemplateName = 'offline'

interface Place {
  readonly screen: Screen
  readonly currentFolder: string
}

/**
 * What is to be written: as the command line says, else as somebody at the terminal answers, else the defaults.
 * @throws LlmobsExpError `E_OPTION` for a value that cannot be, `E_USAGE` when the questions are left without an answer
 */
export async function planInit(path: string | undefined, flags: InitFlags, place: Place): Promise<InitPlan> {
  const given = path === undefined ? undefined : parseTarget(path, place.currentFolder)
  const name = flags.name === undefined ? undefined : readName(flags.name)
  const template = flags.template === undefined ? undefined : readTemplate(flags.template)
  const isComplete = given !== undefined && name !== undefined && template !== undefined
  if (isComplete || flags.yes === true || !canAsk(place.screen)) {
    const target = given ?? parseTarget(DEFAULT_FOLDER, place.currentFolder)
    return { target, name: name ?? defaultName(target), template: template ?? DEFAULT_TEMPLATE }
  }
  const prompt = createPrompt()
  try {
    const target = given ?? (await askTarget(prompt, place))
    return { target, name: name ?? (await askName(prompt, target)), template: template ?? (await askTemplate(prompt)) }
  } finally {
    prompt.close()
  }
}

function defaultName(target: InitTarget): string {
  const own = nameOfTarget(target)
  return own === undefined || nameFault(own) !== undefined ? DEFAULT_NAME : own
}

function readName(name: string): string {
  const fault = nameFault(name)
  if (fault !== undefined) throw new LlmobsExpError('E_OPTION', `--name: ${fault}`)
  return name
}

function readTemplate(name: string): TemplateName {
  if (isTemplateName(name)) return name
  const near = suggest(name, templateNames)
  throw new LlmobsExpError(
    'E_OPTION',
    `--template: expected one of ${templateNames.join(', ')}, got ${quoteText(name)}`,
    near === undefined ? {} : { hint: `did you mean ${near}?` },
  )
}

function askTarget(prompt: Prompt, { currentFolder }: Place): Promise<InitTarget> {
  return askUntil(prompt, `folder (${DEFAULT_FOLDER}): `, (answer) =>
    parseTarget(answer || DEFAULT_FOLDER, currentFolder),
  )
}

function askName(prompt: Prompt, target: InitTarget): Promise<string> {
  const own = defaultName(target)
  return askUntil(prompt, `name (${own}): `, (answer) => readName(answer || own))
}

/** By its name, its beginning or its number. */
function askTemplate(prompt: Prompt): Promise<TemplateName> {
  const list = templateNames.map((name, index) => `  ${index + 1} ${name}: ${templates[name]}\n`).join('')
  return askUntil(prompt, `kind\n${list}which (${DEFAULT_TEMPLATE}): `, (answer) => {
    const chosen = templateNames.find((name, index) => answer === String(index + 1) || name === answer.toLowerCase())
    return answer === '' ? DEFAULT_TEMPLATE : (chosen ?? readTemplate(answer))
  })
}

/** Asks again as long as the answer will not do, and says why. */
async function askUntil<T>(prompt: Prompt, question: string, read: (answer: string) => T): Promise<T> {
  for (let text = question; ; ) {
    const answer = (await prompt.ask(text)).trim()
    try {
      return read(answer)
    } catch (error) {
      if (!(error instanceof LlmobsExpError)) throw error
      const hint = error.hint === undefined ? '' : `; ${error.hint}`
      text = `${error.message}${hint}\n${question}`
    }
  }
}
