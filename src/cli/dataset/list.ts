import type { RemoteDataset } from '../../backends/datadog/datasets.ts'
import type { GivenFlags } from '../../config/given.ts'
import type { TextSink } from '../../model/ports.ts'
import { formatCount } from '../../reporters/format/number.ts'
import { escapeControls } from '../../reporters/json-text.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../../terminal/width.ts'
import type { CommandContext } from '../command-context.ts'
import { type DatasetJob, withDatadog } from './with-datadog.ts'

const FORMAT_VERSION = 1
/** Beyond that a name makes its own line longer, not all others. */
const MAX_NAME_COLUMNS = 40

/** `llmobs-exp dataset list`: the datasets of a project at Datadog, newest first. */
export async function datasetList(flags: GivenFlags, context: CommandContext): Promise<number> {
  return withDatadog('dataset list', { flags, context }, async (job) => {
    const { remote, project, signal } = job
    const datasets: RemoteDataset[] = []
    for await (const dataset of remote.listDatasets({ project }, signal)) datasets.push(dataset)
    const { stdout } = context.screen
    if (flags.json === true) await stdout.write(toJson(project, datasets))
    else for (const line of layOut(datasets, job, stdout)) await stdout.write(`${line}\n`)
    await stdout.flush()
    return 0
  })
}

function toJson(project: string, datasets: readonly RemoteDataset[]): string {
  return `${escapeControls(JSON.stringify({ formatVersion: FORMAT_VERSION, project, datasets }, undefined, 2))}\n`
}

function layOut(
  datasets: readonly RemoteDataset[],
  { project, remote }: DatasetJob,
  { columns }: TextSink,
): readonly string[] {
  const place = `in project ${sanitizeLine(project)} at ${remote.place}`
  if (datasets.length === 0) return [`no datasets ${place} yet: llmobs-exp dataset push <file> --name <name>`]
  const rows = datasets.map(({ name, version, description }) => ({
    name: sanitizeLine(name),
    version: String(version),
    description: sanitizeLine(description),
  }))
  const all = [{ name: 'dataset', version: 'version', description: 'description' }, ...rows]
  const width = Math.min(MAX_NAME_COLUMNS, Math.max(...all.map(({ name }) => displayWidth(name))))
  const lines = all.map(({ name, version, description }) => {
    const text = `${padEnd(name, width)}  ${version.padStart('version'.length)}  ${description}`.trimEnd()
    return columns > 0 ? truncate(text, columns) : text
  })
  return [...lines, '', `${formatCount(datasets.length, 'dataset')} ${place}`]
}
