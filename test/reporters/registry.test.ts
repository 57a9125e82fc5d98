import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Reporter } from '../../src/model/ports.ts'
import { createMultiplexer } from '../../src/reporters/multiplexer.ts'
import { reporterNames, resolveReporters } from '../../src/reporters/registry.ts'
import { experimentEvents } from '../helpers/events.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import { fakeInfo, fakeView, groupOutcome, passed } from '../helpers/fake-view.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const names = (reporters: readonly Reporter[]) => reporters.map(({ name }) => name)

describe('reporters by name', () => {
  it.each([
    ['a terminal', { isTTY: true }, 'terminal'],
    ['a pipe', { isTTY: false }, 'plain'],
    ['CI with a terminal', { isTTY: true, env: { CI: '1' } }, 'plain'],
  ])('are by default for %s', async (_name, screen, expected) => {
    expect(names(await resolveReporters([], { screen: createFakeScreen(screen) }))).toEqual([expected, 'last-line'])
  })

  it('put those for people behind those for machines', async () => {
    const path = join(await tempFolder(), 'report.json')
    const reporters = await resolveReporters(['plain', `json=${path}`], { screen: createFakeScreen() })
    expect(names(reporters)).toEqual(['json', 'plain', 'last-line'])
    expect(reporters.map(({ ownsStdout }) => ownsStdout)).toEqual([false, true, false])
  })

  it.each([
    ['jsn', `--reporter: expected one of ${reporterNames.join(', ')}, got "jsn"`, 'did you mean json?'],
    ['', `--reporter: expected one of ${reporterNames.join(', ')}, got ""`, undefined],
    ['json=', '--reporter json=: expected a path after the =, got nothing', undefined],
    ['plain=a.txt', '--reporter plain: expected no path, got "a.txt"', undefined],
  ])('refuse %j', async (spec, message, hint) => {
    const resolving = resolveReporters([spec], { screen: createFakeScreen() })
    await expect(resolving).rejects.toMatchObject({ code: 'E_OPTION', message, hint })
  })

  it('refuse two for stdout, and two for one file', async () => {
    const screen = createFakeScreen()
    await expect(resolveReporters(['json', 'plain'], { screen })).rejects.toMatchObject({
      message: '--reporter: expected one reporter for stdout, got json and plain',
    })
    const path = join(await tempFolder(), 'report')
    await expect(resolveReporters([`json=${path}`, `ndjson=${path}`], { screen })).rejects.toMatchObject({
      code: 'E_OPTION',
    })
  })

  it('refuse a file that is a symbolic link', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'precious'), 'precious')
    await symlink('precious', join(folder, 'report.json'))
    const resolving = resolveReporters([`json=${join(folder, 'report.json')}`], { screen: createFakeScreen() })
    await expect(resolving).rejects.toMatchObject({ code: 'E_OPTION' })
  })
})

describe('reporters together', () => {
  async function run(specs: readonly string[], options: { quiet?: boolean } = {}) {
    const screen = createFakeScreen()
    const eventsFile = join(await tempFolder(), 'events.jsonl')
    const events = experimentEvents()
    await writeFile(eventsFile, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    const view = fakeView({ info: fakeInfo({ eventsFile }) })
    const multiplexer = createMultiplexer(await resolveReporters(specs, { screen, ...options }))
    for (const event of events) multiplexer.event(event, view)
    multiplexer.console({ stream: 'stdout', text: 'from user code\n' })
    await multiplexer.finish(groupOutcome(view.info, passed, 'all is well'))
    expect(multiplexer.problems()).toEqual([])
    return screen
  }

  it('leave stdout to json alone', async () => {
    const screen = await run(['json'])
    expect(JSON.parse(screen.out())).toMatchObject({ formatVersion: 1, exitCode: 0 })
    expect(screen.err()).toContain('from user code\n')
    expect(screen.err()).toContain('passed support-triage\n')
  })

  it('leave stdout to ndjson alone', async () => {
    const screen = await run(['ndjson'])
    const types = screen
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(experimentEvents().map(({ type }) => type))
  })

  it('leave stdout empty when only files are written', async () => {
    const path = join(await tempFolder(), 'report.json')
    const screen = await run([`json=${path}`])
    expect(screen.out()).toBe('')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ exitCode: 0 })
  })

  it.each([[['plain']], [['terminal']], [['json']], [['ndjson']], [[]]])(
    'end stderr with the last line: %j',
    async (specs) => {
      expect((await run(specs)).err()).toMatch(/\nall is well\n$/)
      expect((await run(specs, { quiet: true })).err()).toBe('all is well\n')
    },
  )

  it('still end it so when a reporter fails, and say which', async () => {
    const screen = createFakeScreen()
    const view = fakeView({ info: fakeInfo({ eventsFile: '/no/such/folder/events.jsonl' }) })
    const multiplexer = createMultiplexer(await resolveReporters(['ndjson'], { screen }))
    for (const event of experimentEvents()) multiplexer.event(event, view)
    await multiplexer.finish(groupOutcome(view.info, passed, 'all is well'))
    expect(screen.err()).toContain('error E_REPORTER: reporter ndjson failed and is left out from here on: ENOENT')
    expect(screen.err()).toMatch(/\nall is well\n$/)
    expect(multiplexer.problems()).toHaveLength(1)
  })
})
