import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { shellQuote } from '../reporters/format/reproduce.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import type { CommandContext } from './command-context.ts'
import { datasetText, fillTemplate } from './init/fill-template.ts'
import { type InitFlags, type InitPlan, planInit } from './init/questions.ts'
import { filesOf } from './init/target.ts'
import { type NewFile, writeNewFiles } from './init/write-new-files.ts'

const TSCONFIG = `{
  "compilerOptions": {
    "strict": true,
    "noEmit": true,
    "target": "es2023",
    "module": "preserve",
    "skipLibCheck": true
  }
}
`

/** Versions of zod before it make no Standard Schemas. */
const ZOD = /^(?:3\.(?:2[4-9]|[3-9]\d)|[4-9]|\d\d)/

/** `llmobs-exp init [folder|file]`: writes a first experiment and its dataset, and says what to do with them. */
export async function init(path: string | undefined, flags: InitFlags, context: CommandContext): Promise<number> {
  const { screen, currentFolder } = context
  const plan = await planInit(path, flags, context)
  const { files, module, command, hasZod } = describeFiles(plan, currentFolder)
  await writeNewFiles(files, flags.force === true)
  const lines = [
    ...files.map(({ shownAs }) => `wrote ${sanitizeLine(shownAs)}`),
    '',
    ...nextSteps(plan, command),
    ...notes(module, hasZod),
  ]
  await screen.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

function describeFiles({ target, name, template }: InitPlan, currentFolder: string) {
  const { module, dataset } = filesOf(target, name)
  const show = (path: string): string => relative(currentFolder, path)
  const hasZod = ZOD.test(versionOf('zod', module) ?? '')
  const command = shellQuote(show(module))
  const text = fillTemplate(template, { name, dataset, hasZod, command })
  const files: NewFile[] = [{ path: module, shownAs: show(module), text }]
  if (hasZod) files.push({ path: dataset, shownAs: show(dataset), text: datasetText() })
  if (!isCovered(dirname(module))) {
    const tsconfig = join(dirname(module), 'tsconfig.json')
    files.push({ path: tsconfig, shownAs: show(tsconfig), text: TSCONFIG })
  }
  return { files, module, command, hasZod }
}

/** Whether a tsconfig.json of the folder or of one above it is there for an editor to find. */
function isCovered(folder: string): boolean {
  if (existsSync(join(folder, 'tsconfig.json'))) return true
  return folder !== dirname(folder) && isCovered(dirname(folder))
}

/** Of a package that a module may import; undefined when there is none. */
function versionOf(name: string, module: string): string | undefined {
  try {
    const file = createRequire(module).resolve(`${name}/package.json`)
    const { version } = JSON.parse(readFileSync(file, 'utf8'))
    return String(version)
  } catch {
    return undefined
  }
}

function nextSteps({ template }: InitPlan, command: string): string[] {
  const key = template === 'openai' ? 'OPENAI_API_KEY=… ' : ''
  return [
    'next',
    `  ${key}npx llmobs-exp check ${command}`,
    `  ${key}npx llmobs-exp run ${command}`,
    '  npx llmobs-exp show latest --rows failing',
  ]
}

/** What is missing around the module, or there by chance. */
function notes(module: string, hasZod: boolean): string[] {
  const isInstalled = versionOf('llmobs-exp', module) !== undefined
  const lines = [
    ...(isInstalled
      ? []
      : ['llmobs-exp is not installed for this folder: it runs, and editors find its types once it is']),
    ...(hasZod ? [] : ['zod is not installed for this folder: the records stand in the module, which needs no schema']),
    ...(hasZod && !isListed('zod', dirname(module))
      ? ['zod is there because llmobs-exp needs it: npm install zod makes it a package of yours']
      : []),
  ]
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Whether the nearest package.json knows the package. */
function isListed(name: string, folder: string): boolean {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return folder !== dirname(folder) && isListed(name, dirname(folder))
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const fields = ['dependencies', 'devDependencies', 'peerDependencies']
    return fields.some((field) => Object.hasOwn(Object(Reflect.get(Object(content), field)), name))
  } catch {
    return false
  }
}
