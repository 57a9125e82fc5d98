import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { cliProject } from '../helpers/cli.ts'

const file = fileURLToPath(new URL('../../experiments/speed-test.ts', import.meta.url))

it.each(['waiting', 'blocking', 'computing'])(
  'speed-test/%s passes, three runs, in several threads',
  async (variant) => {
    const project = await cliProject()
    const args = ['run', file, '--only', `speed-test/${variant}`, '-n', '20', '--threads', '3']
    const { exitCode, lastLine } = await project.run(args)

    expect([exitCode, lastLine.startsWith('passed: ')]).toEqual([0, true])
    expect(project.only().rows).toHaveLength(60)
  },
)
