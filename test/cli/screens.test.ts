import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { emulate } from '../helpers/terminal-emulator.ts'

// What a person sees at the end, in test/cli/screens. Look at what changes before it is taken: npx vitest run test/cli/screens -u

const MODULE = `import { defineExperiment } from 'llmobs-exp'
const answers = { France: 'Paris', Japan: '東京 🗼', Australia: 'Sydney, the largest city of the country, on its east coast' }
export default defineExperiment({
  name: 'capitals',
  dataset: [
    { id: 'france', input: { country: 'France' }, expectedOutput: 'Paris' },
    { id: 'japan', input: { country: 'Japan' }, expectedOutput: '東京 🗼' },
    { id: 'australia', input: { country: 'Australia' }, expectedOutput: 'Canberra, in a territory of its own between two states' },
    { id: 'peru', input: { country: 'Peru' }, expectedOutput: 'Lima' },
  ],
  variants: { once: {}, again: {} },
  task: ({ country }) => {
    if (answers[country] === undefined) throw new Error('no answer for ' + country)
    return answers[country]
  },
  evaluators: {
    exact: ({ output, expectedOutput }) => output === expectedOutput,
    letters: ({ output }) => output.length,
    script: ({ output }) => (/^[ -~]+$/.test(output) ? 'latin' : 'other'),
  },
  summaryEvaluators: { accuracy: ({ evaluations }) => evaluations.exact.filter(Boolean).length / 4 },
  thresholds: { accuracy: 0.9 },
})
`

/** Without what differs from one time to the next: how long it took, where it is stored, the last line with its id. */
function steady(lines: readonly string[]): string {
  const last = lines.findIndex((line) => /^(?:failed|passed|valid): /.test(line))
  const text = lines.slice(0, last === -1 ? lines.length : last).join('\n')
  return text
    .replace(/^[\d,.]+ m?s,[\s\S]*?\n\n/gm, '\n')
    .replace(/^ +at \/.*\n(?:\S.*\n)*/gm, '')
    .replace(/^ +stored in(?:.*\n)+?(?=\n|$)/gm, '')
    .trim()
}

test.each([
  ['run', 'llmobs-exp run capitals.ts --jobs 1 --only capitals/once'],
  ['several-runs', 'llmobs-exp run capitals.ts --runs 2 --jobs 1 --only capitals/again'],
  ['check', 'llmobs-exp check capitals.ts'],
  ['typo', 'llmobs-exp run capitols.ts'],
  ['help', 'llmobs-exp --help'],
])('what %s leaves on terminals of 20, 40, 80 and 200 columns', async (name, script) => {
  for (const columns of [20, 40, 80, 200]) {
    const project = await cliProject({ 'capitals.ts': MODULE })
    const { stdout } = await project.pty(script, { columns, rows: 200, env: { NO_COLOR: '1' } }).ended
    const screen = emulate(stdout, columns).lines.map((line) => line.trimEnd())
    expect(screen.every((line) => [...line].length <= columns)).toBe(true)
    const file = join(import.meta.dirname, 'screens', `${name}-${columns}.txt`)
    await expect(`${steady(screen)}\n`).toMatchFileSnapshot(file)
  }
})

test.each([
  [20, /\d s$/],
  [40, /in flight$/],
  [80, /with errors$/],
  [200, /with errors$/],
])('what is seen of a run under way on a terminal of %d columns', async (columns, lastLine) => {
  const project = await cliProject({
    'capitals.ts': MODULE.replace('task: (', 'task: async (')
      .replace(
        'return answers',
        "while (country === 'Japan' && !existsSync('go')) await new Promise((go) => setTimeout(go, 20))\n    console.log('asked for', country)\n    return answers",
      )
      .replace('import', "import { existsSync } from 'node:fs'\nimport"),
  })
  const script = 'llmobs-exp run capitals.ts --only capitals/once'
  const cli = project.pty(script, { columns, env: { NO_COLOR: '1' } })
  // An area arrives in pieces: it is whole when its last line is.
  const { lines } = await cli.shows((screen) => {
    const [, below = ''] = screen.lines.join('\n').trimEnd().split('75 %')
    return lastLine.test(below)
  })
  project.write('go', '')
  await cli.ended

  const file = join(import.meta.dirname, 'screens', `under-way-${columns}.txt`)
  await expect(`${withoutTimes(lines)}\n`).toMatchFileSnapshot(file)
})

function withoutTimes(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/m, '⠋')
    .replace(/\b\d+ s\b/g, '1 s')
    .trimEnd()
}
