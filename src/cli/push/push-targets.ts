import type { PushNews } from '../../backends/batching/spooler.ts'
import { createProblemPrinter, type ProblemPrinter } from '../../reporters/problem-printer.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'
import type { CommandContext } from '../command-context.ts'
import { problemOf } from '../push-news.ts'
import type { PushJob } from './job.ts'
import { type PushDisplay, showProgress } from './progress.ts'
import { type PushedTarget, tellPushed } from './tell-pushed.ts'

/**
 * Pushes experiments, and says what came of it.
 * @throws LlmobsExpError `E_BACKEND_REFUSED`
 */
export async function pushTargets(job: PushJob, context: CommandContext): Promise<number> {
  const { stderr } = context.screen
  const { chosen, options, stop, backend } = job
  if (!options.quiet) for (const line of chosen.leftOut) await stderr.write(`left out ${sanitizeLine(line)}\n`)
  if (chosen.targets.length > 0) await refuseBadKeys(job)
  const problems = createProblemPrinter({ stderr, onlyErrors: options.quiet, all: options.debug })
  const pushed = await pushAll(job, context, problems)
  await problems.finish()
  const signal = stop.reason?.kind === 'signal' ? { signal: stop.reason.signal } : {}
  return tellPushed(pushed, { ...context, ...signal, place: backend.place, quiet: options.quiet })
}

/** One that does not answer may do so by and by. */
async function refuseBadKeys({ parts, backend, stop }: PushJob): Promise<void> {
  const controller = new AbortController()
  const forget = stop.onStop(() => controller.abort())
  try {
    await parts.checkBackend(backend, controller)
  } finally {
    forget()
  }
}

async function pushAll(job: PushJob, context: CommandContext, problems: ProblemPrinter): Promise<PushedTarget[]> {
  const { chosen, parts, backend, options, stop } = job
  const { targets } = chosen
  const { place } = backend
  const opened = new Set<string>()
  const display = options.quiet ? undefined : await showProgress(context.screen, place, targets.length)
  const tell = (news: PushNews): void => {
    if (news.kind === 'opened') opened.add(news.experimentId)
    else if (news.kind === 'progress') display?.update(news)
    const problem = problemOf(news, place)
    if (problem !== undefined) void problems.print(problem)
  }
  const { restamp, pushTimeout } = options
  const deliveries = await pushWith(display, () =>
    parts.pushStored(targets, { ...context, backend, restamp, pushTimeout, stop, tell }),
  )
  return targets.flatMap(({ experimentId, manifest }) => {
    const delivery = deliveries.get(experimentId)
    if (delivery === undefined) return []
    return [{ experimentId, name: manifest.definition.name, delivery, wasThere: !opened.has(experimentId) }]
  })
}

async function pushWith<T>(display: PushDisplay | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    display?.stop()
  }
}
