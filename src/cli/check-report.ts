import { relative } from 'node:path'
import { maskConfig } from '../config/secrets.ts'
import { toErrorInfo } from '../model/error-info.ts'
import type { CodeInfo, FunctionInfo } from '../model/ports.ts'
import { escapeControls } from '../reporters/json-text.ts'
import type { RecordTypes } from '../session/examine.ts'
import { maskError } from '../session/mask-events.ts'
import type { CheckedExperiment } from './check.ts'
import type { CommandContext } from './command-context.ts'

const FORMAT = 1

/** `check --json`: what would run. What is not known is null. `docs/cli.md` documents it. */
export function renderReport(checked: readonly CheckedExperiment[], context: CommandContext): string {
  const experiments = checked.map((one) => describe(one, context))
  return toText({ formatVersion: FORMAT, valid: true, units: sum(experiments.map(({ units }) => units)), experiments })
}

/** `check --json` for what cannot be run. */
export function renderFailure(error: unknown, { secrets }: CommandContext): string {
  const info = maskError(toErrorInfo('E_INTERNAL', error), secrets.mask)
  const { code, message, hint, location, codeFrame } = info
  const details = { hint: hint ?? null, location: location ?? null, codeFrame: codeFrame ?? null }
  return toText({ formatVersion: FORMAT, valid: false, error: { code, message, ...details } })
}

function describe({ planned, dataset }: CheckedExperiment, { currentFolder, secrets: { mask } }: CommandContext) {
  const { loaded, options, plan } = planned
  const { info, file } = loaded
  const { runs, jobs, timeout, evalTimeout, maxRetries } = plan
  const selected = dataset.status === 'read' ? dataset.selected : null
  return {
    name: info.name,
    file: relative(currentFolder, file),
    exportName: info.ref.exportName,
    variant: info.ref.variant ?? null,
    dataset: {
      kind: info.dataset.kind,
      description: mask(info.dataset.description),
      records: dataset.status === 'read' ? dataset.records : null,
      invalid: dataset.status === 'read' ? dataset.invalid : null,
      types: dataset.status === 'read' ? typesOf(dataset.types) : null,
    },
    selected,
    units: selected === null ? null : selected * runs,
    task: { async: info.code?.task.isAsync ?? null },
    evaluators: functionsOf(info.evaluators, info.code?.evaluators),
    summaryEvaluators: functionsOf(info.summaryEvaluators, info.code?.summaryEvaluators),
    thresholds: info.thresholds,
    config: JSON.parse(maskConfig(options.config, mask)),
    tags: Object.fromEntries(Object.entries(options.tags).map(([key, value]) => [key, mask(value)])),
    options: { runs, jobs, evalJobs: plan.evalJobs ?? null, timeout, evalTimeout, maxRetries },
  }
}

function typesOf(types: RecordTypes) {
  return Object.fromEntries(Object.entries(types).map(([field, type]) => [field, type === '' ? null : type]))
}

function functionsOf(names: readonly string[], known: CodeInfo['evaluators'] = {}) {
  return names.map((name) => {
    const found: FunctionInfo | undefined = known[name]
    return { name, async: found?.isAsync ?? null, className: found?.className ?? null }
  })
}

/** Unknown as soon as one of them is. */
function sum(counts: readonly (number | null)[]): number | null {
  return counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0)
}

function toText(document: unknown): string {
  return `${escapeControls(JSON.stringify(document, undefined, 2))}\n`
}
