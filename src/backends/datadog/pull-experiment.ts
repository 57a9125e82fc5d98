import { LlmobsExpError } from '../../model/errors.ts'
import type { Oddities } from '../../model/oddities.ts'
import type { PulledExperiment, PulledPage } from '../../model/pull.ts'
import { quote } from '../../model/quote.ts'
import type { Client } from './client.ts'
import { RequestError } from './failures.ts'
import { toPulledExperiment } from './pulled-experiment.ts'
import { toPulledPage } from './pulled-rows.ts'
import { readEvents } from './remote-events.ts'
import { findRemoteExperiment, type RemoteExperiment } from './remote-experiments.ts'
import { type DatadogSettings, placeOf } from './settings.ts'
import { experimentLink } from './sites.ts'

export interface ExperimentWish {
  /** Datadog's id of it. */
  readonly id: string
  readonly oddities: Oddities
}

export interface OpenedExperiment {
  readonly experiment: PulledExperiment
  /** Its rows, page by page: no more than one page is held. */
  readonly pages: AsyncIterable<PulledPage>
}

/**
 * Looks an experiment up, for its rows to be read.
 * @throws LlmobsExpError `E_BACKEND_UNKNOWN`
 */
export async function pullExperiment(
  client: Client,
  { id, oddities, settings }: ExperimentWish & { readonly settings: DatadogSettings },
  signal: AbortSignal,
): Promise<OpenedExperiment> {
  const remote = await findOrRefuse(client, id, signal)
  const place = { place: placeOf(settings), link: experimentLink(settings.site, remote.id) }
  const context = { tags: new Set(remote.tags), oddities }
  return { experiment: toPulledExperiment(remote, place), pages: readPulledPages() }

  async function* readPulledPages(): AsyncGenerator<PulledPage, void> {
    let found = 0
    for await (const page of readEvents(client, id, signal)) {
      found += page.spans.length + page.unreadable
      yield toPulledPage(page, context)
    }
    oddities.count('too-few', (remote.spans ?? 0) - found)
  }
}

async function findOrRefuse(client: Client, id: string, signal: AbortSignal): Promise<RemoteExperiment> {
  try {
    const found = await findRemoteExperiment(client, id, signal)
    if (found !== undefined) return found
  } catch (error) {
    // An id that cannot be one is refused as a wrong question.
    const isQuestion = error instanceof RequestError && (error.status === 400 || error.status === 404)
    if (!isQuestion) throw error
  }
  throw new LlmobsExpError('E_BACKEND_UNKNOWN', `Datadog has no experiment ${quote(id)}`, {
    hint: 'it must be of the organisation of the keys; one made a moment ago may not be readable yet',
  })
}
