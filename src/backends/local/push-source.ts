import type { Clock } from '../../model/ports.ts'
import type { PushSource } from '../../model/push.ts'
import { followRows } from './follow-rows.ts'
import type { ExperimentFiles } from './layout.ts'
import type { LockState } from './lock.ts'
import type { Manifest } from './manifest.ts'
import { describePushed, loggedRecords, type PushedRecords } from './push-experiment.ts'
import { createPushLock } from './push-lock.ts'
import { openPushLog } from './push-log.ts'
import { createPushScan } from './push-scan.ts'
import type { LockOwner } from './store.ts'

export interface PushSourceOptions {
  readonly files: ExperimentFiles
  readonly manifest: Manifest
  /** The process that pushes. */
  readonly owner: LockOwner
  /** Whether the process that a lock names is known to be gone. */
  readonly isGone: (lock: LockState) => boolean
  readonly clock: Pick<Clock, 'now'>
  /** Where the dataset can be read as a whole; without it what stands in the log is pushed. */
  readonly records?: PushedRecords
}

/** An experiment of the local store, to be pushed from there. */
export function openPushSource(options: PushSourceOptions): PushSource {
  const { files, manifest, clock } = options
  const scan = createPushScan(files.events)
  return {
    experiment: describePushed(manifest, options.records ?? loggedRecords(manifest, files.events)),
    progress: () => scan.progress(),
    follow(iteration) {
      const { events } = files
      return followRows(events, { iteration, from: scan.startOf(iteration), to: () => scan.endOf(iteration) })
    },
    log: openPushLog(files.push, clock),
    lock: createPushLock(files.pushLock, options),
  }
}
