import { dirname } from 'node:path'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import type { GivenFlags } from '../config/given.ts'
import { createConsolePrinter } from '../reporters/console-printer.ts'
import { styleOf } from '../reporters/format/style.ts'
import type { CommandContext } from './command-context.ts'
import { type ConfigTools, findConfigFile, loadConfigFile } from './config-file.ts'
import { checks } from './doctor/checks.ts'
import { attempt, type Finding, type Subject } from './doctor/finding.ts'
import { isHealthy, renderJson, renderText, renderVerdict } from './doctor/render.ts'
import { createEnding } from './ending.ts'
import { applyEnvFile } from './env-file.ts'

/** A pipe has no width; nothing that is still of use is longer. */
const PIPE_COLUMNS = 2_000

/**
 * `llmobs-exp doctor [file]`: whether everything is as it should be, and what a run would use. Nothing is run or stored; the
 * config file, and the module where one is named, are loaded.
 */
export async function doctor(module: string | undefined, flags: GivenFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.screen
  const userConsole = createConsolePrinter(stderr)
  const ending = createEnding()
  try {
    const { currentFolder, workers } = context
    const tools = { currentFolder, workers, ending, onConsole: userConsole.push }
    const subject = await prepareSubject({ ...context, flags, tools, ...(module === undefined ? {} : { module }) })
    const findings = maskAll(await runChecks(subject), context)
    if (ending.stop.reason !== undefined) throw ending.explain(undefined)
    await userConsole.finish()
    await stdout.write(flags.json === true ? renderJson(findings) : await renderForPeople(findings, context))
    await stdout.flush()
    await stderr.write(`${renderVerdict(findings)}\n`)
    return isHealthy(findings) ? 0 : 2
  } finally {
    await ending.close()
  }
}

type Known = Pick<Subject, 'flags' | 'module'> & CommandContext & { readonly tools: ConfigTools }

async function prepareSubject(known: Known): Promise<Subject> {
  const { currentFolder, tools } = known
  const projectFolder = dirname(defaultStoreFolder(currentFolder))
  const envFile = await attempt(() => applyEnvFile({ ...known, projectFolder }))
  known.secrets.refresh()
  const configPath = await attempt(() => findConfigFile(projectFolder))
  const path = configPath.status === 'ok' ? configPath.value : undefined
  const configFile = await attempt(() => (path === undefined ? undefined : loadConfigFile(path, tools)))
  const loadBackend = () => import('./backend.ts')
  return { ...known, projectFolder, envFile, configPath, configFile, loadBackend }
}

async function runChecks(subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const check of checks) findings.push(...(await check(subject)))
  return findings
}

/** Whatever is printed may have come from anywhere: an error's message, a path, a definition. */
function maskAll(findings: readonly Finding[], { secrets: { mask } }: CommandContext): Finding[] {
  const maskTexts = <T extends object>(one: T): T => ({
    ...one,
    ...Object.fromEntries(
      Object.entries(one).map(([key, value]) => [key, typeof value === 'string' ? mask(value) : value]),
    ),
  })
  return findings.map(({ name, facts, troubles }) => ({
    name: mask(name),
    facts: facts.map(maskTexts),
    troubles: troubles.map(maskTexts),
  }))
}

async function renderForPeople(findings: readonly Finding[], { screen }: CommandContext): Promise<string> {
  const style = await styleOf(screen.stdout)
  return renderText(findings, screen.stdout.isTTY ? style : { ...style, columns: PIPE_COLUMNS })
}
