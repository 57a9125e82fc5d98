import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkedLine } from '../../src/backends/local/checked-line.ts'
import { type CliProject, cliProject } from '../helpers/cli.ts'
import { comparisonSchema } from '../helpers/json-comparison-schema.ts'
import { capitals } from '../helpers/modules.ts'

const files = { 'exp.ts': capitals }

/** Two experiments: the first gets 36 of 40 right, the second so many. */
async function twoExperiments(right = 20): Promise<{ project: CliProject; before: string; after: string }> {
  const project = await cliProject(files)
  await project.run(['run', 'exp.ts', '--config', 'right=36'])
  await project.run(['run', 'exp.ts', '--config', `right=${right}`])
  const [before = '', after = ''] = project.stored().map(({ id }) => id)
  return { project, before, after }
}

function logOf(project: CliProject, id: string): string {
  return join(project.folder, '.llmobs-exp', 'experiments', id, 'events.jsonl')
}

/** Puts a line into the log that says nothing, and is so long that the log is looked through in a thread. */
function enlarge(project: CliProject, id: string): void {
  const text = 'x'.repeat(9 * 1024 * 1024)
  appendFileSync(logOf(project, id), checkedLine(`{"v":1,"seq":900,"at":1,"type":"something-new","text":"${text}"`))
}

describe('compare', () => {
  test('says what is worse, with the evidence, and shows what broke and how to run it', async () => {
    const { project, before, after } = await twoExperiments()
    const { exitCode, stdout, stderr } = await project.run(['compare', before, 'latest'])

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`capitals ${after} compared with ${before}: 40 records paired`.slice(0, 60))
    expect(stdout).toMatch(/exact +90\.0 % → 50\.0 % {2}regressed\n/)
    expect(stdout).toMatch(/-40\.0 points, 95 % interval -\S+ to -\S+, p < 0\.001, n = 40; 0 fixed, 16\n? *broken/)
    expect(stdout).toContain('16 records broken: passed before, fail now\n')
    expect(stdout).toContain('4 records still failing\n')
    expect(stdout).toMatch(
      /expected +"Lima 20"\n +output +"Berlin"\n +exact +false: wanted Lima 20\n +before +"Lima 20"\n/,
    )
    expect(stdout).toContain('    llmobs-exp run exp.ts --only capitals --record capital-20\n')
    expect(stdout).toContain('  and 6 more\n')
  })

  test('fits into 40 columns, but for what is to be copied', async () => {
    const { project, before, after } = await twoExperiments()
    const { stdout } = await project.pty(`llmobs-exp compare ${before} ${after}`, { columns: 40 }).ended
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours.
    const lines = stdout.replace(/\u001b\[\d+m/g, '').split(/\r?\n/)
    expect(lines.filter((line) => line.length > 40 && !line.includes('llmobs-exp run'))).toEqual([])
    expect(lines).toContain('    regressed')
  })

  test('prints JSON of the published form', async () => {
    const { project, before, after } = await twoExperiments()
    const { stdout, exitCode } = await project.run(['compare', before, after, '--json'])
    const { formatVersion, ...comparison } = JSON.parse(stdout)
    expect({ exitCode, formatVersion }).toEqual({ exitCode: 0, formatVersion: 1 })
    expect(comparisonSchema.parse(comparison)).toMatchObject({
      baseline: { id: before },
      candidate: { id: after },
      counts: { fixed: 0, broken: 16, stillFailing: 4 },
      labels: [{ label: 'exact', verdict: 'regressed' }, { label: 'tokens' }],
    })
  })

  test('finds nothing in an experiment beside itself, and says that it is the same one', async () => {
    const { project, before } = await twoExperiments()
    const { stdout, stderr } = await project.run(['compare', before, before, '--json'])
    expect(stderr).toBe(`both sides are the same experiment: ${before}\n`)
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { fixed: 0, broken: 0 },
      labels: [{ verdict: 'no evidence of a difference' }, { verdict: 'no evidence of a difference' }],
    })
  })

  test('makes its index anew where it is damaged, or the log is another one', async () => {
    const { project, before, after } = await twoExperiments()
    const compare = async () => (await project.run(['compare', before, after, '--json'])).stdout
    const first = await compare()
    const index = join('.llmobs-exp', 'experiments', after, 'scores.jsonl')
    const whole = project.read(index)

    for (const damage of [
      whole.slice(0, -40),
      whole.replace('"key', '"Key'),
      whole.replace('capital-1"', 'capital-x"'),
      '',
    ]) {
      project.write(index, damage)
      expect(await compare()).toBe(first)
      expect(project.read(index)).toBe(whole)
    }

    const log = logOf(project, after)
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    const lastRow = lines.findLastIndex((line) => line.includes('"type":"row-finished"'))
    truncateSync(log, 0)
    writeFileSync(log, `${lines.slice(0, lastRow).join('\n')}\n`)
    expect(JSON.parse(await compare())).toMatchObject({ pairing: { paired: 39, onlyInBaseline: { count: 1 } } })
  })

  test('makes both indexes of large logs, and says the same of them as when they are there', async () => {
    const { project, before, after } = await twoExperiments()
    for (const id of [before, after]) enlarge(project, id)
    const first = await project.run(['compare', before, after, '--json'])
    const indexes = [before, after].map((id) => join('.llmobs-exp', 'experiments', id, 'scores.jsonl'))
    const made = indexes.map(project.read)
    const second = await project.run(['compare', before, after, '--json'])
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    expect(second).toEqual(first)
    expect(indexes.map(project.read)).toEqual(made)
  })

  test.each([0, 1])('refuses a large log that a newer version wrote, whichever side it is on', async (side) => {
    const { project, before, after } = await twoExperiments()
    for (const id of [before, after]) enlarge(project, id)
    const newer = [before, after][side] ?? ''
    const log = logOf(project, newer)
    appendFileSync(log, checkedLine('{"v":2,"seq":999,"at":1,"type":"row-finished","key":"capital-1"'))
    const { exitCode, stderr } = await project.run(['compare', before, after])
    expect(exitCode).toBe(5)
    expect(stderr).toContain(`${newer}${sep}events.jsonl has format 2, which a newer version of this tool wrote`)
  })

  test('says what was probably meant by a name', async () => {
    const { project, after } = await twoExperiments()
    const misspelt = await project.run(['compare', 'latest:capitols', after])
    expect(misspelt.exitCode).toBe(2)
    expect(misspelt.stderr).toContain('did you mean "latest:capitals"?')
    const word = await project.run(['compaer', after, after])
    expect(word.stderr).toContain('did you mean compare?')
  })

  test('compares with a baseline file, and tells what it is', async () => {
    const { project, before, after } = await twoExperiments()
    const saved = await project.run(['baseline', 'save', before, '-o', 'b.json'])
    expect(saved.exitCode).toBe(0)
    expect(saved.stdout).toMatch(/^saved capitals \S+: 40 records, [\d.]+ KB in b\.json\n/)
    const { stdout } = await project.run(['compare', 'b.json', after])
    expect(stdout).toContain('(b.json)')
    expect(stdout).toMatch(/exact +90\.0 % → 50\.0 % {2}regressed\n/)
    expect(stdout).toContain('  and 6 more\n')

    const again = await project.run(['baseline', 'save', before, '-o', 'again.json'])
    expect(again.exitCode).toBe(0)
    expect(project.read('again.json')).toBe(project.read('b.json'))
  })

  test('reads rows of several runs and of a log that was resumed', async () => {
    const project = await cliProject(files)
    await project.run(['run', 'exp.ts', '--config', 'right=36', '--runs', '2'])
    await project.run(['run', 'exp.ts', '--config', 'right=36', '--config', 'broken=3', '--runs', '2'])
    const resumed = await project.run(['resume', 'latest', '--retry-errors', '--config', 'broken=0', '--allow-changed'])
    expect(resumed.exitCode).toBe(0)
    const [before = '', after = ''] = project.stored().map(({ id }) => id)
    const { stdout } = await project.run(['compare', before, after, '--json'])
    const comparison = comparisonSchema.parse(JSON.parse(stdout))
    expect(comparison).toMatchObject({
      baseline: { runs: 2, records: 40 },
      candidate: { runs: 2, records: 40 },
      counts: { fixed: 0, broken: 0, stillFailing: 4 },
    })
    expect(comparison.records.map(({ candidate }) => candidate?.output)).toEqual([
      'Berlin',
      'Berlin',
      'Berlin',
      'Berlin',
    ])
  })
})
