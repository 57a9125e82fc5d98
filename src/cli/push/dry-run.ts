import type { PushPreview } from '../../backends/batching/preview.ts'
import { formatCount } from '../../reporters/format/number.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import type { CommandContext } from '../command-context.ts'
import type { PushJob } from './job.ts'
import type { PushTarget } from './targets.ts'

/** Says what would be sent, experiment by experiment. Asks the backend nothing. */
export async function previewTargets(job: PushJob, { screen, clock }: CommandContext): Promise<number> {
  const { chosen, parts, backend } = job
  const { place } = backend
  let events = 0
  let experiments = 0
  for (const target of chosen.targets) {
    if (job.stop.reason !== undefined) break
    const preview = await parts.previewStored(target, { backend, clock })
    await screen.stdout.write(`${describePreview(target, preview, job)}\n`)
    events += preview.events
    if (preview.events > 0) experiments++
  }
  for (const line of chosen.leftOut) await screen.stdout.write(`left out ${sanitizeLine(line)}\n`)
  await screen.stdout.flush()
  const what = `${formatCount(events, 'event')} of ${formatCount(experiments, 'experiment')}`
  await screen.stderr.write(`would push ${what} to ${sanitizeLine(place)}; nothing was sent\n`)
  return 0
}

function describePreview({ experimentId, manifest }: PushTarget, preview: PushPreview, job: PushJob): string {
  const { events, spans, metrics, tooOld, link } = preview
  const head = `${experimentId}  ${sanitizeLine(manifest.definition.name)}`
  const place = link ?? `project ${manifest.options.project ?? job.project}`
  if (events === 0) return `${head}: nothing is left to send${link === undefined ? '' : `: ${sanitizeLine(link)}`}`
  const what = `${formatCount(events, 'event')} (${formatCount(spans, 'span')}, ${formatCount(metrics, 'metric')})`
  const age = tooOld === 0 || job.options.restamp ? '' : `; ${formatCount(tooOld, 'event')} too old without --restamp`
  return `${head}: ${what} to ${sanitizeLine(place)}${age}`
}
