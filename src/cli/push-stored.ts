import { type PushPreview, previewPush } from '../backends/batching/preview.ts'
import { createSpooler, type PushNews } from '../backends/batching/spooler.ts'
import type { StopSwitch } from '../engine/stop.ts'
import type { Backend, Delivery } from '../model/backend.ts'
import type { CommandContext } from './command-context.ts'
import type { PushTarget } from './push/targets.ts'
import { openStoredSource } from './stored-source.ts'

export interface PushStoredTools extends Pick<CommandContext, 'clock' | 'ids'> {
  readonly backend: Backend
  readonly restamp: boolean
  /** Milliseconds without anything being accepted after which the rest is left for another time. */
  readonly pushTimeout: number
  readonly stop: StopSwitch
  readonly tell: (news: PushNews) => void
}

/** Delivers what is left of stored experiments. By experiment id. */
export function pushStored(
  targets: readonly PushTarget[],
  tools: PushStoredTools,
): Promise<ReadonlyMap<string, Delivery>> {
  const { pushTimeout, stop, clock } = tools
  const spooler = createSpooler(tools)
  for (const target of targets) spooler.add(openStoredSource({ ...target, clock })).ended()
  const drained = spooler.drain({ timeoutMs: pushTimeout, countsFromProgress: true })
  const forget = stop.onStop(() => void spooler.drain({ timeoutMs: 0 }))
  return drained.finally(forget)
}

/** What a push would send. */
export async function previewStored(
  target: PushTarget,
  { backend, clock }: Pick<PushStoredTools, 'backend' | 'clock'>,
): Promise<PushPreview> {
  const source = openStoredSource({ ...target, clock })
  try {
    return await previewPush(source, backend, clock.now())
  } finally {
    source.log.close()
  }
}
