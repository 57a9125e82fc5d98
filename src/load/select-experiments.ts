import { LlmobsExpError } from '../model/errors.ts'
import type { DefinitionInfo } from '../model/ports.ts'
import { quoteText } from '../model/quote.ts'
import { suggest } from '../model/suggest.ts'

interface Selectable {
  readonly info: DefinitionInfo
  readonly file: string
}

/**
 * The experiments that `--only` asks for (all of them without it), in the order in which they were found. Each word picks by full
 * name (`a/large`), name of the definition (`a`: all of its variants), name of a variant (`large`) or name of an export.
 *
 * @throws LlmobsExpError `E_UNKNOWN_EXPERIMENT` when a word picks nothing, `E_DEFINITION` when two experiments have the same full name
 */
export function selectExperiments<T extends Selectable>(found: readonly T[], only: readonly string[]): T[] {
  for (const word of only) {
    if (!found.some(({ info }) => namesOf(info).includes(word))) throw unknownExperiment(word, found)
  }
  const selected =
    only.length === 0 ? [...found] : found.filter(({ info }) => only.some((word) => namesOf(info).includes(word)))
  refuseSameNames(selected)
  return selected
}

/** Everything that picks an experiment, its full name first. */
function namesOf({ name, ref }: DefinitionInfo): readonly string[] {
  const { exportName, variant } = ref
  return variant === undefined ? [name, exportName] : [name, name.slice(0, -variant.length - 1), variant, exportName]
}

function unknownExperiment(word: string, found: readonly Selectable[]): LlmobsExpError {
  const near = suggest(word, new Set(found.flatMap(({ info }) => namesOf(info))))
  const list = found.map(({ info }) => quoteText(info.name)).join(', ')
  return new LlmobsExpError(
    'E_UNKNOWN_EXPERIMENT',
    `--only ${quoteText(word)}: there is no such experiment or variant`,
    {
      hint: near === undefined ? `there are: ${list}` : `did you mean ${quoteText(near)}? There are: ${list}`,
    },
  )
}

function refuseSameNames(selected: readonly Selectable[]): void {
  const first = new Map<string, Selectable>()
  for (const experiment of selected) {
    const { info, file } = experiment
    const other = first.get(info.name)
    if (other !== undefined) {
      const places = `${place(other)} and ${place(experiment)}`
      throw new LlmobsExpError(
        'E_DEFINITION',
        `expected a name of its own for each experiment, got ${quoteText(info.name)} twice: ${places}`,
        {
          location: { file },
          hint: 'rename one, or pick one with --only and the name of its export',
        },
      )
    }
    first.set(info.name, experiment)
  }
}

function place({ info, file }: Selectable): string {
  return `export ${quoteText(info.ref.exportName)} of ${file}`
}
