import { resolve } from 'node:path'
import { joinObject, toText } from '../../backends/datadog/json-text.ts'
import type { RemoteRecord } from '../../backends/datadog/remote-records.ts'
import type { GivenFlags } from '../../config/given.ts'
import { integer } from '../../config/option-kinds.ts'
import { isTag } from '../../datasets/is-tag.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import { quote } from '../../model/quote.ts'
import { formatCount } from '../../reporters/format/number.ts'
import { escapeControls } from '../../reporters/json-text.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import type { CommandContext } from '../command-context.ts'
import { withDatadog } from './with-datadog.ts'
import { refuseExisting, writeWholeFile } from './write-whole-file.ts'

const versionOption = integer({ min: 1, max: Number.MAX_SAFE_INTEGER, default: 1, group: '', description: '' })

/** `llmobs-exp dataset pull <name> -o <file>`: writes a dataset at Datadog to a file. */
export async function datasetPull(name: string, flags: GivenFlags, context: CommandContext): Promise<number> {
  const output = readOutput(flags.output)
  const wish = { name, ...readVersion(flags.version), ...readTags(flags.tag) }
  const target = { path: resolve(context.currentFolder, output), shownAs: output, replace: flags.force === true }
  const isStdout = output === '-'
  if (!isStdout) await refuseExisting(target)
  return withDatadog('dataset pull', { flags, context }, async ({ remote, project, signal }) => {
    const { records, version } = await remote.pullDataset({ ...wish, project }, signal)
    const { stdout, stderr } = context.screen
    const count = formatCount(records.length, 'record')
    const what = `${sanitizeLine(name)}, version ${version}: ${count}`
    if (isStdout) {
      for (const record of records) await stdout.write(lineOf(record))
      await stdout.flush()
      await stderr.write(`pulled ${what}\n`)
    } else {
      await writeWholeFile(target, records.map(lineOf))
      await stdout.write(`pulled ${what}, to ${sanitizeLine(output)}\n`)
      await stdout.flush()
    }
    return 0
  })
}

/** As `jsonl()` reads it. Datadog takes tags from elsewhere that are no `key:value`. */
function lineOf({ id, input, expectedOutput, metadata, tags }: RemoteRecord): string {
  const known = tags.filter(isTag)
  const line = joinObject({
    id: toText(id),
    input,
    expectedOutput,
    metadata,
    tags: known.length === 0 ? undefined : toText(known),
  })
  return `${escapeControls(line)}\n`
}

function readOutput(output: unknown): string {
  if (typeof output !== 'string' || output === '') {
    throw new LlmobsExpError('E_OPTION', '--output: expected a path, or - for stdout, got nothing')
  }
  if (!/\.(?:json|csv|tsv|gz)$/i.test(output)) return output
  const hint = 'records are written as JSON Lines: name it .jsonl'
  throw new LlmobsExpError('E_OPTION', `--output: expected a file of JSON Lines, got ${quote(output)}`, { hint })
}

function readVersion(version: unknown): { readonly version?: number } {
  if (version === undefined) return {}
  const refuse = (got: string): never => {
    throw new LlmobsExpError('E_OPTION', `--version: expected a whole number from 1 on, got ${quote(got)}`)
  }
  return { version: versionOption.read([String(version)], refuse) }
}

function readTags(tags: unknown): { readonly tags?: readonly string[] } {
  if (!Array.isArray(tags)) return {}
  const wrong: unknown = tags.find((tag) => !isTag(tag))
  if (wrong === undefined) return { tags: tags.filter(isTag) }
  throw new LlmobsExpError('E_OPTION', `--tag: expected key:value, got ${quote(wrong)}`)
}
