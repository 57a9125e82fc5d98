import { readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import type { EnvFile, Environment, GivenFlags } from '../config/given.ts'
import { parseEnvText } from '../config/parse-env.ts'
import { resolveOption } from '../config/resolve.ts'
import { nearFile } from '../files/near-path.ts'
import { LlmobsExpError } from '../model/errors.ts'
import type { Problem } from '../model/events.ts'
import { quoteText } from '../model/quote.ts'

/** What `--dotenv` says to read none. */
const NO_FILE = 'none'
const DEFAULT_NAME = '.env'

export interface AppliedEnvFile {
  readonly file: EnvFile
  /** What was wrong with it. */
  readonly problems: readonly Problem[]
}

export interface EnvFileQuestion {
  readonly flags: GivenFlags
  readonly env: Environment
  readonly addedToEnv: Map<string, string>
  readonly currentFolder: string
  /** Where `.env` lies when no file is named. */
  readonly projectFolder: string
}

/**
 * Adds the variables of `.env`, or of the file that `--dotenv` names, to the environment of this process, from which the
 * threads with user code get theirs. What is set already stays as it is, also when it is empty.
 *
 * @throws LlmobsExpError `E_ENV_FILE` when a file that was named, or one that is there, cannot be read
 */
export function applyEnvFile(question: EnvFileQuestion): AppliedEnvFile | undefined {
  const { named, origin, path } = findEnvFile(question)
  if (path === undefined) return takeBack(new Map(), question)
  const name = relative(question.currentFolder, path)
  if (named === undefined && !isThere(path)) return takeBack(new Map(), question)
  const text = readText(path, named === undefined ? name : `${origin} ${named}`, question.currentFolder)
  const { variables, badLines } = parseEnvText(text)
  takeBack(variables, question)
  const added = new Set<string>()
  for (const [variable, value] of variables) {
    const current = process.env[variable]
    if (current !== undefined && current !== question.addedToEnv.get(variable)) continue
    process.env[variable] = value
    question.addedToEnv.set(variable, value)
    added.add(variable)
  }
  return { file: { name, folder: dirname(path), variables: added }, problems: describeBadLines(badLines, name) }
}

interface FoundEnvFile {
  readonly named: string | undefined
  /** Who named it. */
  readonly origin: string
  /** Of the file, which need not be there; `undefined` when none is to be read. */
  readonly path: string | undefined
}

export function findEnvFile(question: EnvFileQuestion): FoundEnvFile {
  const { value: named, origin = '' } = resolveOption('dotenv', question)
  if (named === undefined) return { named, origin, path: join(question.projectFolder, DEFAULT_NAME) }
  return { named, origin, path: named === NO_FILE ? undefined : resolve(question.currentFolder, named) }
}

/** What an earlier look at the file has added and the file no longer has goes. */
function takeBack(variables: ReadonlyMap<string, string>, { addedToEnv }: EnvFileQuestion): undefined {
  for (const [variable, value] of addedToEnv) {
    if (variables.has(variable)) continue
    if (process.env[variable] === value) delete process.env[variable]
    addedToEnv.delete(variable)
  }
}

/** A folder of this name is somebody's virtual environment. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
}

const faults: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
])

function readText(path: string, what: string, currentFolder: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
    const known = faults.get(code)
    const near = code === 'ENOENT' ? nearFile(path) : undefined
    const meant = near === undefined ? '' : `did you mean ${quoteText(relative(currentFolder, near))}? Or `
    const message = `${what}: expected a file that can be read, got: ${known ?? String(code)}`
    throw new LlmobsExpError('E_ENV_FILE', message, {
      location: { file: path },
      hint: `${meant}name another file, or none to read no file: --dotenv none`,
      ...(known === undefined ? { cause } : {}),
    })
  }
}

function describeBadLines(lines: readonly number[], name: string): Problem[] {
  return lines.map((line) => ({
    type: 'problem',
    severity: 'warning',
    code: 'W_ENV_LINE',
    message: `${name}:${line}: expected NAME=value; the line is left out`,
  }))
}
