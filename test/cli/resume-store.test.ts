import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0

const wordy = `${numbered(100)}
  task: async (input) => { appendFileSync('calls', input + '\\n'); await null; return 'x'.repeat(8_000) }, evaluators: {},`
const imports = "import { appendFileSync } from 'node:fs'"

async function finished(): Promise<CliProject> {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(20)} ${passing}`) })
  await project.run(['run', 'exp.ts'])
  return project
}

function logOf(project: CliProject): string {
  return join(project.folder, project.logFile() ?? '')
}

test.runIf(canMount)(
  'K1: a full disk exits 5 with what was written, and once there is space resume finishes it',
  async () => {
    const project = await cliProject({ 'exp.ts': experiment(wordy, imports) })
    const { stdout, stderr } = await project.shell(`unshare -Urm sh -c '
    mkdir store && mount -t tmpfs -o size=1m none store
    dd if=/dev/zero of=store/ballast bs=1k count=512 2>/dev/null
    llmobs-exp run exp.ts --store store --jobs 4 --quiet; echo "run $?"
    rm store/ballast; wc -l < calls; grep -c row-finished store/experiments/*/events.jsonl
    llmobs-exp resume latest --store store --quiet; echo "resume $?"
    cp -r store kept'`)
    const [run, calls = 0, kept = 0, resume] = stdout.trim().split('\n')

    expect([run, resume]).toEqual(['run 5', 'resume 0'])
    expect(stderr).toMatch(/the local store failed: exp: cannot write .*ENOSPC.*run the rest: llmobs-exp resume/)
    expect(Number(kept)).toBeGreaterThan(40)
    // Calls that were under way when the disk was full are lost, and no others.
    expect(Number(calls) - Number(kept)).toBeLessThanOrEqual(4 + 4)
    expect(project.lines('calls').length).toBe(100 + Number(calls) - Number(kept))
    expect(project.stored('kept')[0]).toMatchObject({ rows: { length: 100 }, tornBytes: 0, isLocked: false })
  },
)

test('K1: a limit on file sizes exits 5, and with a higher one resume finishes it', async () => {
  const project = await cliProject({ 'exp.ts': experiment(wordy, imports) })
  await project.run(['check', 'exp.ts'])
  const run = await project.shell('ulimit -f 400; llmobs-exp run exp.ts --jobs 4')
  const kept = project.only().rows.length
  const { exitCode } = await project.run(['resume', 'latest'])

  expect([run.exitCode, run.lastLine]).toEqual([5, expect.stringContaining('EFBIG')])
  expect(kept).toBeGreaterThan(10)
  expect([exitCode, project.only().rows.length]).toEqual([0, 100])
})

test.runIf(canMount)('K2: a store that cannot be written is not resumed, exits 5, and stays as it is', async () => {
  const project = await finished()
  truncateSync(logOf(project), 2_000)
  const before = readFileSync(logOf(project))
  const { stdout, stderr } = await project.shell(`unshare -Urm sh -c '
    mount --bind .llmobs-exp .llmobs-exp && mount -o remount,ro,bind .llmobs-exp
    llmobs-exp resume latest; echo $?'`)
  expect([stdout.trim(), stderr]).toEqual(['5', expect.stringMatching(/E_STORE_WRITE.*EROFS/)])
  expect(readFileSync(logOf(project)).equals(before)).toBe(true)
})

test('K3: a line that was tampered with is found, its row alone is run again, and that is said', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(20)} task: (input) => { appendFileSync('calls', input + '\\n'); return input }, evaluators: { same: () => true },`,
      imports,
    ),
  })
  await project.run(['run', 'exp.ts'])
  const log = readFileSync(logOf(project), 'utf8')
  writeFileSync(logOf(project), log.replace(/("type":"task-finished","key":"r7".*"output":)7/, '$18'))
  const { exitCode, stderr, stdout } = await project.run(['resume', 'latest'])

  expect(exitCode).toBe(0)
  expect(stderr).toContain('warning W_DAMAGED_LINE: one line of the log cannot be read; what stood there is run again')
  expect(project.lines('calls').slice(20)).toEqual(['7'])
  expect(stdout).toContain('20 rows: 20 ok')
  const again = await project.run(['resume', 'latest'])
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('nothing is left to run')])
})

test('K3: a log that was cut short is finished, whatever the manifest says', async () => {
  const project = await finished()
  truncateSync(logOf(project), Math.floor(readFileSync(logOf(project)).length / 2))
  const { exitCode, stderr } = await project.run(['resume', 'latest'])
  expect([exitCode, project.only().rows.length]).toEqual([0, 20])
  expect(stderr).toContain('W_TORN_LINE')
})

test('K3: without its manifest, or with a newer one or a newer log, an experiment is refused and exits 5', async () => {
  const project = await finished()
  const { folder, id } = project.only()
  const manifestFile = join(folder, 'manifest.json')
  const manifest = readFileSync(manifestFile, 'utf8')
  writeFileSync(manifestFile, manifest.replace('"v": 1', '"v": 2'))
  const newer = await project.run(['resume', id])
  rmSync(manifestFile)
  const missing = await project.run(['resume', id])
  writeFileSync(manifestFile, manifest)
  const log = readFileSync(logOf(project), 'utf8')
  const lines = log.split('\n')
  const { crc32 } = await import('node:zlib')
  const text = (lines[4] ?? '').replace('{"v":1', '{"v":2').replace(/,"crc":\d+}$/, '')
  writeFileSync(logOf(project), lines.with(4, `${text},"crc":${crc32(text)}}`).join('\n'))
  const newerLog = await project.run(['resume', id])

  expect([newer.exitCode, newer.stderr]).toEqual([5, expect.stringContaining('E_STORE_FORMAT')])
  expect([missing.exitCode, missing.stderr]).toEqual([5, expect.stringContaining('E_STORE_READ')])
  expect([newerLog.exitCode, newerLog.stderr]).toEqual([5, expect.stringContaining('E_STORE_FORMAT')])
})

test('K2: a store that is deleted while it is resumed exits 5', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(40)} task: (input) => { if (input === 12) process.exit(0); if (input === 30) rmSync('.llmobs-exp', { recursive: true }); return input }, evaluators: {},`,
      "import { rmSync } from 'node:fs'",
    ),
  })
  await project.run(['run', 'exp.ts', '--jobs', '1'])
  project.write('exp.ts', project.read('exp.ts').replace('if (input === 12) process.exit(0);', ''))
  const { exitCode, lastLine } = await project.run(['resume', 'latest', '--jobs', '1'])
  expect([exitCode, lastLine]).toEqual([5, expect.stringContaining('the local store failed: exp')])
})

test('C5: two experiments of one store are resumed at the same time and do not touch one another', async () => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(200)} ${passing}`) })
  await project.run(['run', 'exp.ts'])
  await project.run(['run', 'exp.ts'])
  const ids = project.stored().map(({ id, folder }) => {
    truncateSync(join(folder, 'events.jsonl'), 20_000)
    return id
  })
  const results = await Promise.all(ids.map((id) => project.run(['resume', id])))
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(project.stored().map(({ rows }) => rows.length)).toEqual([200, 200])
})
