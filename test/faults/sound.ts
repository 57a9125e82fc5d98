import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { CliResult } from '../helpers/cli.ts'
import { compare, equal, type PushProject, pushedAs, standard } from '../helpers/pushed.ts'

/** What must appear nowhere but in a request's headers. */
export const canaries = { OPENAI_API_KEY: 'canary-of-a-model-key-0001', SOME_PASSWORD: 'canary-of-a-password-0002' }

export interface SoundOptions {
  readonly exitCode: number
  /** Rows that were to be run. @default those of the standard run */
  readonly rows?: number
}

/**
 * What holds of every run, whatever the backend does: all rows are in the store, whatever was to be paid was paid once, what the
 * backend has is of the store, the exit code is right and the last line names the next command, and no secret is told.
 */
export function expectSound(project: PushProject, result: CliResult, options: SoundOptions): void {
  const { exitCode, rows = standard.rows } = options
  const { exitCode: code, lastLine } = result
  const stored = project.only()
  expect({ code, spent: project.spent(), ok: stored.rows.filter(({ status }) => status === 'ok').length }).toEqual({
    code: exitCode,
    spent: rows,
    ok: rows,
  })
  const { invented, altered } = compare(project.fake, stored)
  expect({ invented, altered }).toEqual({ invented: [], altered: [] })
  if (exitCode !== 0) expect(lastLine).toContain('llmobs-exp ')
  if (exitCode === 3) expect(lastLine).toMatch(/^passed, but not all pushed: /)
  expectNoSecrets(project, result)
}

/** Everything of the store is at the backend, once, as one experiment that is complete. */
export function expectDelivered(project: PushProject): void {
  const stored = project.only()
  expect(compare(project.fake, stored)).toEqual(equal)
  expect(pushedAs(project.fake, stored)).toMatchObject([{ status: 'completed' }])
}

/** After what went wrong is over: `push` delivers the rest, and calls no task. */
export async function expectPushDelivers(project: PushProject, args: readonly string[] = []): Promise<void> {
  const spent = project.spent()
  const result = await project.pushRun(['push', project.only().id, ...args], canaries)
  expect([result.exitCode, project.spent()]).toEqual([0, spent])
  expectDelivered(project)
  expectNoSecrets(project, result)
}

export function expectNoSecrets({ fake, ...project }: PushProject, { stdout, stderr }: CliResult): void {
  const kept = project
    .stored()
    .flatMap(({ folder }) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')))
  const sent = fake.requests.map(({ text, path, query }) => `${path}?${query} ${text}`)
  const all = [stdout, stderr, ...kept, ...sent].join('\n')
  const secrets = [...Object.values(canaries), fake.keys.apiKey, fake.keys.applicationKey]
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
}
