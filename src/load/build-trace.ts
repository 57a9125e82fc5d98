import { type Fingerprint, readFingerprint } from './fingerprint.ts'

/** Everything outside the options that one compilation depended on; what a warm start has to look at again. */
export interface BuildTrace {
  /** The user's own files that were bundled. */
  readonly sources: Map<string, Fingerprint>
  /** tsconfig.json and package.json files that had a say. */
  readonly settings: Map<string, Fingerprint>
  /** Files of packages that the output imports by path. */
  readonly packageFiles: Set<string>
  /** Paths that were looked at and not there: a file that appears there would be taken instead. */
  readonly absent: Set<string>
}

export function createBuildTrace(): BuildTrace {
  return { sources: new Map(), settings: new Map(), packageFiles: new Set(), absent: new Set() }
}

/** Reads a settings file once and remembers it; `undefined` when it is not there. */
export function readSettings(trace: BuildTrace, path: string): string | undefined {
  if (trace.absent.has(path)) return undefined
  try {
    const { fingerprint, bytes } = readFingerprint(path)
    trace.settings.set(path, fingerprint)
    return bytes.toString('utf8')
  } catch {
    trace.absent.add(path)
    return undefined
  }
}
