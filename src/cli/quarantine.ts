import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { defaultStoreFolder } from '../backends/local/layout.ts'
import type { ResolvedOptions } from '../config/resolve.ts'
import { readQuarantineFile } from '../load/quarantine-file.ts'
import { type FileListener, useFiles } from '../load/used-files.ts'
import type { Problem } from '../model/events.ts'
import type { QuarantineEntry } from '../model/quarantine.ts'
import type { PlannedExperiment } from '../session/plan-experiment.ts'
import { describeEnded } from '../session/quarantine.ts'

const NO_FILE = 'none'
const DEFAULT_NAME = 'llmobs-exp.quarantine.json'

/**
 * Reads the file of records in quarantine, where there is one.
 * @throws LlmobsExpError `E_QUARANTINE_FILE`, also for one that was named and is not there
 */
export function readQuarantine(
  { values }: ResolvedOptions,
  { currentFolder, onFiles }: { readonly currentFolder: string; readonly onFiles?: FileListener | undefined },
): QuarantineEntry[] {
  const { quarantine } = values
  if (quarantine === NO_FILE) return []
  const path =
    quarantine === undefined
      ? join(dirname(defaultStoreFolder(currentFolder)), DEFAULT_NAME)
      : resolve(currentFolder, quarantine)
  // Also where there is none: one that appears has a say.
  onFiles?.(useFiles([path]))
  if (quarantine === undefined && !existsSync(path)) return []
  return readQuarantineFile(path, relative(currentFolder, path))
}

/** For people: records that count again. */
export function describeEndedQuarantines(planned: readonly PlannedExperiment[]): Problem[] {
  return planned.flatMap(({ loaded, options }) => describeEnded(loaded.info.name, options.endedQuarantine ?? []))
}
