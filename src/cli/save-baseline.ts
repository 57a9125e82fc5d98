import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { findExperiment } from '../backends/local/find-experiment.ts'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import { openLocalStore } from '../backends/local/store.ts'
import { LlmobsExpError } from '../model/errors.ts'
import { quoteText } from '../model/quote.ts'
import { formatCount } from '../reporters/format/number.ts'
import { formatSize } from '../reporters/format/size.ts'
import { writeBaseline } from '../session/baseline/baseline-file.ts'
import type { ExperimentScores } from '../session/compare/scores.ts'
import { sanitizeLine } from '../terminal/sanitize.ts'
import type { CommandContext } from './command-context.ts'
import { BASELINE_FILE } from './compare/read-scores.ts'
import { readStoredScores } from './compare/stored-scores.ts'
import { warnOfPassedOver } from './warn-passed-over.ts'

export interface SaveBaselineFlags {
  readonly output?: string
  readonly store?: string
}

/** `llmobs-exp baseline save <experiment...>`: as a file that later experiments are held against. */
export async function saveBaseline(
  wanted: readonly string[],
  { output = BASELINE_FILE, store: folder }: SaveBaselineFlags,
  context: CommandContext,
): Promise<number> {
  const store = openLocalStore(folder ?? defaultStoreFolder(context.currentFolder))
  const chosen: ExperimentScores[] = []
  for (const name of wanted) {
    const found = await findExperiment(store, name)
    await warnOfPassedOver(found, context)
    chosen.push(await readStoredScores({ ...found, source: found.experimentId }))
  }
  refuse(chosen)
  const text = writeBaseline(chosen)
  writeWhole(resolve(context.currentFolder, output), text)
  const names = chosen.map(({ experiment }) => sanitizeLine(`${experiment.name} ${experiment.experimentId}`)).join(', ')
  const records = chosen.reduce((sum, { experiment }) => sum + experiment.records, 0)
  const { stdout } = context.screen
  const size = formatSize(Buffer.byteLength(text))
  await stdout.write(`saved ${names}: ${formatCount(records, 'record')}, ${size} in ${sanitizeLine(output)}\n`)
  await stdout.write(`hold a run against it: llmobs-exp run <file> --baseline ${sanitizeLine(output)}\n`)
  await stdout.flush()
  return 0
}

/** A baseline that is not whole would hide what it lacks, and of two of one name only one could be meant. */
function refuse(chosen: readonly ExperimentScores[]): void {
  const seen = new Set<string>()
  for (const { experiment } of chosen) {
    const { name, experimentId, isComplete, records } = experiment
    if (!isComplete || records === 0) {
      throw new LlmobsExpError('E_BASELINE', `${experimentId} did not come to its end, which a baseline has to`, {
        hint: `run the rest: llmobs-exp resume ${experimentId}`,
      })
    }
    if (seen.has(name)) {
      throw new LlmobsExpError('E_BASELINE', `expected one experiment of each name, got ${quoteText(name)} twice`)
    }
    seen.add(name)
  }
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.tmp`
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LlmobsExpError('E_FILE_WRITE', `cannot write ${path}: ${reason}`, { cause })
  }
}
