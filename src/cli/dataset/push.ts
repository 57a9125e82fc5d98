import type { PushedResult } from '../../backends/datadog/remote.ts'
import type { GivenFlags } from '../../config/given.ts'
import { readRecords } from '../../datasets/read-records.ts'
import { recordError } from '../../datasets/record-error.ts'
import type { PushedDataset } from '../../model/backend.ts'
import type { DatasetSource, OpenOptions, SourceProblem } from '../../model/dataset.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { DatasetCheck } from '../../model/executor.ts'
import type { RecordText } from '../../model/row.ts'
import { formatCount, formatNumber } from '../../reporters/format/number.ts'
import { refuseInvalid } from '../../session/refuse-invalid.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import type { CommandContext } from '../command-context.ts'
import { NOT_ALL_ACCEPTED } from '../exit-code.ts'
import { fileSource } from './file-source.ts'
import { type DatasetJob, withDatadog } from './with-datadog.ts'

const BATCH = 256
const INVALID_KEPT = 10

/** `llmobs-exp dataset push <file> --name <name>`: makes a dataset at Datadog the same as a file. */
export async function datasetPush(file: string, flags: GivenFlags, context: CommandContext): Promise<number> {
  const name = readName(flags.name)
  const source = fileSource(file)
  return withDatadog('dataset push', { flags, context }, async (job) => {
    const { remote, project, signal } = job
    const open: OpenOptions = { baseFolder: context.currentFolder, signal }
    // Nothing is sent of a file that is not right as a whole.
    refuseInvalid(await checkAll(source, open), { name: file, hasSkip: false })
    const dataset: PushedDataset = {
      name,
      description: source.description,
      isWhole: true,
      records: () => readAll(source, open),
    }
    return tell(await remote.pushDataset({ project, dataset }, signal), { ...job, name }, context)
  })
}

function readName(name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name
  throw new LlmobsExpError('E_OPTION', '--name: expected the name of a dataset, got nothing')
}

async function checkAll(source: DatasetSource, open: OpenOptions): Promise<DatasetCheck> {
  const invalid: SourceProblem[] = []
  let records = 0
  let invalidCount = 0
  for await (const items of readRecords(source, { open, batchSize: BATCH })) {
    for (const item of items) {
      if (item.status === 'record') records++
      else if (invalidCount++ < INVALID_KEPT) invalid.push(item.problem)
    }
  }
  return { records, invalidCount, invalid }
}

async function* readAll(source: DatasetSource, open: OpenOptions): AsyncGenerator<readonly RecordText[], void> {
  for await (const items of readRecords(source, { open, batchSize: BATCH })) {
    yield items.map((item) => {
      if (item.status === 'record') return item.record
      // The file has changed since it was checked.
      throw recordError(item.problem)
    })
  }
}

async function tell(
  result: PushedResult,
  { remote, project, name }: DatasetJob & { readonly name: string },
  { screen: { stdout, stderr } }: CommandContext,
): Promise<number> {
  const { changes, records, setAside, version, link } = result
  const { inserted, updated, deleted } = changes
  const unchanged = Math.max(0, records - inserted - updated - setAside.length)
  const numbers = Object.entries({ inserted, updated, deleted, unchanged }).map(
    ([what, count]) => `${formatNumber(count)} ${what}`,
  )
  const isChanged = inserted + updated + deleted > 0
  for (const problem of setAside) await stderr.write(`not taken: ${sanitizeLine(problem)}\n`)
  const lines = [
    `${isChanged ? 'pushed' : 'nothing to change:'} ${sanitizeLine(name)}, version ${version}`,
    `  ${formatCount(records, 'record')}: ${numbers.join(', ')}`,
    `  project ${sanitizeLine(project)} at ${remote.place}`,
    `  ${link}`,
  ]
  await stdout.write(`${lines.join('\n')}\n`)
  await stdout.flush()
  return setAside.length === 0 ? 0 : NOT_ALL_ACCEPTED
}
