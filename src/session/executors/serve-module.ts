import { dirname } from 'node:path'
import { discover } from '../../load/discover.ts'
import type { AnyDefinition } from '../../model/definition.ts'
import { toErrorInfo } from '../../model/error-info.ts'
import { stringifyJson } from '../../model/json.ts'
import type { ExperimentRef } from '../../model/ports.ts'
import type { ConsoleTrace } from './console-trace.ts'
import { createHost, type Host } from './host.ts'
import type { FromThread, ThreadData } from './protocol.ts'

export interface ServeOptions {
  readonly trace: ConsoleTrace | undefined
  send(messages: readonly FromThread[]): void
}

/** Loads the user's module, says what it defines, then serves calls. */
export function serveModule(data: ThreadData, { trace, send }: ServeOptions): Host {
  const definitions = new Map<string, AnyDefinition>()
  const load = async ({ url, file }: ThreadData): Promise<void> => {
    try {
      const found = discover(await import(url), file)
      for (const { info, definition } of found) definitions.set(nameOf(info.ref), definition)
      send([['loaded', Array.from(found, ({ info }) => info)]])
    } catch (error) {
      const { explainLoadError } = await import('../../load/explain.ts')
      send([['load-failed', toErrorInfo('E_MODULE_LOAD', explainLoadError(error, file))]])
    }
  }
  void load(data)
  return createHost({
    baseFolder: dirname(data.file),
    progress: data.progress,
    find: (ref) => definitions.get(nameOf(ref)),
    trace,
    send,
  })
}

function nameOf(ref: ExperimentRef): string {
  return stringifyJson([ref.exportName, ref.variant ?? null])
}
