import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Manifest, readManifest, writeManifest } from '../../../src/backends/local/manifest.ts'
import { toErrorInfo } from '../../../src/model/error-info.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { fakeManifest } from './manifests.ts'

async function manifestFile(text?: string): Promise<string> {
  const path = join(await tempFolder(), 'manifest.json')
  if (text !== undefined) writeFileSync(path, text)
  return path
}

/** A manifest with one member in another form; `undefined` leaves it out. */
function damaged(path: readonly string[], value: unknown): string {
  const manifest: unknown = JSON.parse(JSON.stringify(fakeManifest('id')))
  let parent = manifest
  for (const step of path.slice(0, -1)) parent = Reflect.get(Object(parent), step)
  Reflect.set(Object(parent), path.at(-1) ?? '', value)
  return JSON.stringify(manifest)
}

describe('the manifest', () => {
  it('comes back as it was written, before and after the run', async () => {
    const path = await manifestFile()
    const planned = fakeManifest('id')
    writeManifest(path, planned)
    expect(await readManifest(path)).toEqual(planned)
    const finished: Manifest = {
      ...planned,
      options: {
        ...planned.options,
        evalJobs: 2,
        sampleSize: 5,
        sampleSeed: -1.5,
        plannedRecords: 2,
        datasetRecords: 7,
        project: 'support',
      },
      git: { commit: '0123abc', repository: 'https://example.com/a/b' },
      state: {
        status: 'finished',
        outcome: {
          status: 'stopped',
          exitCode: 4,
          reason: { kind: 'user-code-ended', error: toErrorInfo('E_USER_CODE_ENDED', new Error('x', { cause: 'y' })) },
          failures: [
            { kind: 'errors', rowsWithErrors: 1, plannedUnits: 2, allowed: '0' },
            { kind: 'threshold', name: 'correct', wanted: '≥ 0.9', got: '0.5' },
            { kind: 'summary-evaluator', name: 's', iteration: 1, message: 'no' },
          ],
        },
        rows: { ok: 1, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: 1 },
        finishedAt: '2026-11-22T08:16:03.000Z',
      },
    }
    writeManifest(path, finished)
    expect(await readManifest(path)).toEqual(finished)
  })

  it('is replaced as a whole, readable by its owner only', async () => {
    const path = await manifestFile()
    writeManifest(path, fakeManifest('id'))
    expect(existsSync(`${path}.tmp`)).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true)
  })

  it.each([
    ['', /cannot read .*manifest\.json/],
    ['{"v":1', /cannot read .*manifest\.json/],
    ['[]', /is not a manifest of this tool/],
    ['null', /is not a manifest of this tool/],
    [damaged(['experimentId'], 7), /is not a manifest of this tool: experimentId: /],
    [damaged(['options', 'jobs'], -1), /: options\.jobs: /],
    [damaged(['state', 'status'], 'other'), /: state\.status: /],
    [damaged(['definition', 'dataset', 'kind'], undefined), /: definition\.dataset\.kind: /],
  ])('is refused when it is damaged: %.40s', async (text, message) => {
    const path = await manifestFile(text)
    await expect(readManifest(path)).rejects.toMatchObject({
      code: 'E_STORE_READ',
      message: expect.stringMatching(message),
    })
  })

  it('is refused when a newer version wrote it', async () => {
    const path = await manifestFile(damaged(['v'], 2))
    await expect(readManifest(path)).rejects.toMatchObject({
      code: 'E_STORE_FORMAT',
      message: `${path} has format 2, which a newer version of this tool wrote`,
    })
  })

  it('says where it cannot be written', async () => {
    const path = join(await tempFolder(), 'gone', 'manifest.json')
    expect(() => writeManifest(path, fakeManifest('id'))).toThrow(
      expect.objectContaining({ code: 'E_STORE_WRITE', message: expect.stringContaining(path) }),
    )
  })
})
