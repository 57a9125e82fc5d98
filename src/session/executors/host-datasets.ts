import { toErrorInfo } from '../../model/error-info.ts'
import { LlmobsExpError } from '../../model/errors.ts'
import type { HostOptions, Post } from './host.ts'
import { createRecordSender, type RecordSender } from './host-records.ts'
import type { ToThread } from './protocol.ts'
import { createRedactor } from './redactor.ts'

/** Reads datasets beside the experiment that is open. */
export function createDatasets(post: Post, { find, baseFolder }: Pick<HostOptions, 'find' | 'baseFolder'>) {
  const senders = new Map<number, RecordSender>()
  const close = (reader: number): void => {
    senders.get(reader)?.close()
    senders.delete(reader)
  }
  return {
    close() {
      for (const reader of [...senders.keys()]) close(reader)
    },
    handle([, reader, ref, request]: Extract<ToThread, readonly ['dataset', ...unknown[]]>): void {
      if (request[0] === 'read-more') return senders.get(reader)?.readMore()
      if (request[0] === 'read-no-more') return close(reader)
      const definition = find(ref)
      if (definition === undefined) {
        const error = new LlmobsExpError('E_MODULE_LOAD', `the module no longer exports ${ref.exportName}`)
        return post(['dataset', reader, ['read-failed', toErrorInfo('E_MODULE_LOAD', error)]])
      }
      const sender = createRecordSender({
        post: (answer) => post(['dataset', reader, answer]),
        baseFolder,
        dataset: definition.dataset,
        redactor: definition.redact === undefined ? undefined : createRedactor(definition.redact),
      })
      senders.set(reader, sender)
      sender.read(request[1], request[2])
    },
  }
}
