import { expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { experiment, numbered } from '../helpers/modules.ts'
import { emulate } from '../helpers/terminal-emulator.ts'

const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'

/** Waits in the middle for a file, so that the live area is drawn for as long as a test wants. */
async function waitingProject(): Promise<CliProject> {
  return cliProject({
    'exp.ts': experiment(
      `${numbered(50)}
      task: async (input) => { if (input === 25) { console.log('in the middle'); while (!existsSync('go')) await new Promise((go) => setTimeout(go, 20)) } return input },
      evaluators: { same: ({ output, input }) => output === input },`,
      "import { existsSync } from 'node:fs'",
    ),
  })
}

test('on a terminal a live area shows how far it is, and leaves nothing but the summary', async () => {
  const project = await waitingProject()
  const cli = project.pty('llmobs-exp run exp.ts --jobs 5')
  await cli.prints(/49\/50/, 'stdout')
  project.write('go', '')
  const { exitCode, stdout } = await cli.ended

  const { lines, isCursorVisible } = emulate(stdout, 80)
  expect(exitCode).toBe(0)
  expect(stdout).toContain(HIDE)
  expect(isCursorVisible).toBe(true)
  expect(lines.filter((line) => line.includes('/50'))).toEqual([])
  expect(lines.filter((line) => line.includes('in the middle'))).toEqual(['in the middle'])
  expect(lines).toContain('50 rows: 50 ok')
  expect(lines.filter((line) => line !== '').at(-1)).toMatch(/^passed: exp; look at it:/)
})

test('Ctrl-C on a terminal ends in good order and shows the cursor again', async () => {
  const project = await cliProject({
    'exp.ts': experiment(
      `${numbered(50)} task: (input, { signal }) => input < 10 ? input : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))), evaluators: {},`,
    ),
  })
  const cli = project.pty('llmobs-exp run exp.ts')
  await cli.prints(/10\/50/, 'stdout')
  cli.type('\u0003')
  const { exitCode, stdout } = await cli.ended

  expect(exitCode).toBe(130)
  expect(stdout.lastIndexOf(SHOW)).toBeGreaterThan(stdout.lastIndexOf(HIDE))
  expect(stdout).toContain('ended by SIGINT: exp')
  expect(project.only().manifest.state.rows).toMatchObject({ ok: 10 })
})

test.each([
  ['CI', 'CI=1'],
  ['a dumb terminal', 'TERM=dumb'],
])('T1: on %s there is no live area', async (_what, assignment) => {
  const project = await cliProject({ 'exp.ts': experiment(`${numbered(50)} task: (input) => input, evaluators: {},`) })
  const { exitCode, stdout } = await project.pty(`${assignment} llmobs-exp run exp.ts`).ended

  expect(exitCode).toBe(0)
  expect(stdout).not.toContain(HIDE)
  expect(stdout).toContain('25 of 50 rows (50 %)')
})

test('NO_COLOR on a terminal leaves the live area and takes the colours', async () => {
  const project = await waitingProject()
  const cli = project.pty('NO_COLOR=1 llmobs-exp run exp.ts')
  await cli.prints(/49\/50/, 'stdout')
  project.write('go', '')
  const { stdout } = await cli.ended

  expect(stdout).toContain(HIDE)
  expect(stdout).not.toContain('\u001b[3')
})

test.each([1, 20, 40, 300])('T2: a terminal %i columns wide is drawn on without garbage', async (columns) => {
  const project = await waitingProject()
  const cli = project.pty('llmobs-exp run exp.ts', { columns })
  await cli.prints(/in the middle/, 'stdout')
  project.write('go', '')
  const { exitCode, stdout } = await cli.ended

  expect(exitCode).toBe(0)
  expect(() => emulate(stdout, columns)).not.toThrow()
})

test('T2: a terminal that is resized many times is drawn on, and the run goes on', async () => {
  const project = await waitingProject()
  const cli = project.pty(
    'llmobs-exp run exp.ts & for width in 20 300 1 80 33 120 40 7 200 80; do for more in 1 2 3 4 5; do stty cols $((width + more)); done; done; touch go; wait $!',
  )
  const { exitCode, stdout } = await cli.ended

  expect(exitCode).toBe(0)
  expect(stdout).toContain('passed: exp')
})
