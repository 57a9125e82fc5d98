import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { createSecrets } from '../../src/cli/secrets.ts'
import { createClock, createIds } from '../../src/cli/system.ts'
import { createWorkers } from '../../src/session/executors/workers.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import { commandsOf, headingOf, nameOf, renderCommand, renderNames, renderSynopsis } from '../helpers/render-docs.ts'

const program = createProgram(
  {
    screen: createFakeScreen(),
    clock: createClock(),
    ids: createIds(),
    workers: createWorkers(),
    env: {},
    secrets: createSecrets({}),
    addedToEnv: new Map(),
    currentFolder: '/',
    version: '0.0.0',
  },
  () => {},
)

interface Place {
  readonly mark: string
  /** Of the section that is added where there is none. */
  readonly heading?: string
}

/** Puts what is generated between its two marks; UPDATE_DOCS=1 writes it into the page. */
function check(page: string, { mark, heading = mark }: Place, generated: string): void {
  const file = new URL(`../../docs/${page}`, import.meta.url)
  const text = readFileSync(file, 'utf8')
  const [start, end] = [`<!-- ${mark}:start, written by test/config/docs.test.ts -->`, `<!-- ${mark}:end -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  const isThere = from !== -1 && to > from
  const section = `${start}\n\n${generated}\n\n${end}`
  const current = isThere
    ? text.slice(0, from) + section + text.slice(to + end.length)
    : `${text.trimEnd()}\n\n## ${heading}\n\n${section}\n`
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, current)
  else expect(text).toBe(current)
}

it('docs/cli.md lists the commands as they are (UPDATE_DOCS=1 rewrites it)', () => {
  check('cli.md', { mark: 'commands' }, renderSynopsis(program))
})

it.each(commandsOf(program).map((command) => [headingOf(command), command] as const))(
  'docs/cli.md lists arguments and options of %s as they are',
  (heading, command) => check('cli.md', { mark: nameOf(command).replace(' ', '-'), heading }, renderCommand(command)),
)

it('docs/configuration.md lists the names of all options as they are', () => {
  check('configuration.md', { mark: 'names' }, renderNames())
})
