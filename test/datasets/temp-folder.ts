import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test has finished. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'llmobs-exp-datasets-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A file in a folder of its own. */
export async function tempFile(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await tempFolder(), name)
  await writeFile(file, content)
  return file
}
