import { statSync } from 'node:fs'
import { resolve } from 'node:path'

/** What an experiment to compare may be named by. */
export type Reference =
  | { readonly kind: 'git'; readonly ref: string; readonly path?: string }
  | { readonly kind: 'datadog'; readonly wanted: string }
  | { readonly kind: 'file'; readonly path: string }
  /** Whatever else finds an experiment of the store. */
  | { readonly kind: 'stored'; readonly wanted: string }

const GIT = 'git:'
const DATADOG = 'datadog:'

/**
 * @example parseReference('git:main:eval/baseline.json', '/project') // { kind: 'git', ref: 'main', path: 'eval/baseline.json' }
 */
export function parseReference(text: string, currentFolder: string): Reference {
  if (text.startsWith(DATADOG)) return { kind: 'datadog', wanted: text.slice(DATADOG.length) }
  if (text.startsWith(GIT)) {
    const [ref = '', ...path] = text.slice(GIT.length).split(':')
    return { kind: 'git', ref, ...(path.length === 0 ? {} : { path: path.join(':') }) }
  }
  const path = resolve(currentFolder, text)
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true
  return isFile || text.endsWith('.json') ? { kind: 'file', path } : { kind: 'stored', wanted: text }
}
