import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../helpers/temp-folder.ts'

const screenModule = fileURLToPath(new URL('../../src/terminal/screen.ts', import.meta.url))

/** Runs code that has a `screen` in a process of its own, through a shell so that its streams can be redirected. */
async function run(code: string, command: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const folder = await tempFolder()
  const [source, script] = [join(folder, 'script.ts'), join(folder, 'script.mjs')]
  await writeFile(
    source,
    `import { createScreen } from ${JSON.stringify(screenModule)}\nconst screen = createScreen()\n${code}`,
  )
  await build({
    entryPoints: [source],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const env = { PATH: process.env.PATH, NODE: process.execPath, SCRIPT: script }
  const child = spawn('bash', ['--norc', '-c', `set -o pipefail; ${command}; echo "exit $?" >&2`], { env })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (text.stdout += chunk))
  child.stderr.on('data', (chunk) => (text.stderr += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  return text
}

const manyLines = `
  for (let line = 1; line <= 100_000; line++) await screen.stdout.write('line ' + line + '\\n')
  await screen.stdout.flush()
  screen.stderr.write('went on to the end\\n')
  process.exitCode = 7`

describe('the screen of a process', () => {
  it('delivers everything to a slow reader', async () => {
    const { stdout, stderr } = await run(manyLines, '"$NODE" "$SCRIPT" | (sleep 0.3; cat) | tail -1')
    expect(stdout).toBe('line 100000\n')
    expect(stderr).toBe('went on to the end\nexit 7\n')
  })

  it('goes on when the reader leaves', async () => {
    const { stdout, stderr } = await run(manyLines, '"$NODE" "$SCRIPT" | head -1')
    expect(stdout).toBe('line 1\n')
    expect(stderr).toBe('went on to the end\nexit 7\n')
  })

  it('goes on when stdout is closed', async () => {
    const { stderr } = await run(manyLines, '"$NODE" "$SCRIPT" >&-')
    expect(stderr).toBe('went on to the end\nexit 7\n')
  })

  it('goes on when stderr and stdin are closed', async () => {
    const { stdout, stderr } = await run(manyLines, '("$NODE" "$SCRIPT" 2>&- <&-) | tail -1')
    expect(stdout).toBe('line 100000\n')
    expect(stderr).toBe('exit 7\n')
  })

  it('is no terminal in a pipe', async () => {
    const { stdout } = await run(
      `screen.stdout.write(JSON.stringify([screen.stdout, screen.stderr.colorLevel]))`,
      '"$NODE" "$SCRIPT" | cat',
    )
    expect(JSON.parse(stdout)).toEqual([{ isTTY: false, columns: 0, rows: 0, colorLevel: 0 }, 0])
  })

  it('has colours in a pipe when they are forced', async () => {
    const { stdout } = await run(
      `screen.stdout.write(String(screen.stdout.colorLevel))`,
      'FORCE_COLOR=2 "$NODE" "$SCRIPT"',
    )
    expect(stdout).toBe('2')
  })
})
