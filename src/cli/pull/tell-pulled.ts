import type { LocalStore } from '../../backends/local/store.ts'
import type { Screen } from '../../model/ports.ts'
import { formatCount } from '../../reporters/format/number.ts'
import { styleOf } from '../../reporters/format/style.ts'
import { createProblemPrinter } from '../../reporters/problem-printer.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import type { FetchedExperiment } from './fetch-experiment.ts'

export interface TellOptions {
  readonly screen: Screen
  readonly quiet: boolean
}

/** Says what was pulled, and what is odd about it. */
export async function tellPulled(
  store: LocalStore,
  { experiment, stored, warnings }: FetchedExperiment,
  { screen, quiet }: TellOptions,
): Promise<number> {
  const { stdout, stderr } = screen
  const name = sanitizeLine(experiment.name)
  if (!quiet && stored.status === 'stored') {
    const { colors } = await styleOf(stdout)
    const { rows, values } = stored.counts
    const counted = formatCount(rows.ok + rows.error + rows.timeout, 'row')
    const what = `${counted} of ${formatCount(stored.runs, 'run')}, ${formatCount(values, 'value')} of evaluators`
    const link = colors.cyan(sanitizeLine(experiment.from.link))
    await stdout.write(`${colors.green('pulled')} ${name}\n  ${what}\n  ${link}\n`)
    await stdout.flush()
  }
  const problems = createProblemPrinter({ stderr, onlyErrors: quiet, all: true })
  for (const message of warnings) await problems.print({ severity: 'warning', code: 'W_PULLED', message })
  const { localId } = experiment
  if (!quiet && localId !== undefined && store.ids().includes(localId)) {
    await stderr.write(`it was run here: llmobs-exp show ${localId}\n`)
  }
  await stderr.write(`pulled: ${name}; look at it: llmobs-exp show ${stored.experimentId}\n`)
  return 0
}

/** Says that it is in the store already. */
export async function tellThere(store: LocalStore, experimentId: string, { screen }: TellOptions): Promise<number> {
  const { definition, pulled } = await store.manifest(experimentId)
  const when = pulled === undefined ? '' : ` at ${sanitizeLine(pulled.at)}`
  const hint = `look at it: llmobs-exp show ${experimentId}, or pull it anew with --force`
  await screen.stderr.write(`pulled before${when}: ${sanitizeLine(definition.name)}; ${hint}\n`)
  return 0
}
