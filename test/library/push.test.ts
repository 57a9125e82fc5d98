import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'
import { compare, equal, startFake } from '../helpers/pushed.ts'

const script = `import { runExperiment } from 'llmobs-exp'
import definition from './exp.mjs'
const { passed, exitCode, experiments: [{ delivery }] } = await runExperiment(definition, OPTIONS)
console.log(JSON.stringify({ passed, exitCode, status: delivery?.status, spans: delivery?.spans }))`

async function runWith(options: string) {
  const fake = await startFake()
  const project = await cliProject({
    'exp.mjs': experiment(`${numbered(5)} ${passing}`),
    'script.mjs': script.replace('OPTIONS', options),
  })
  const { stdout, stderr } = await project.shell(`exec ${process.execPath} script.mjs`, { env: fake.env })
  return { fake, project, stdout, stderr }
}

describe('runExperiment, where a backend is set up', () => {
  it('pushes what came of the run, and says what has arrived', async () => {
    const { fake, project, stdout, stderr } = await runWith('{}')
    expect([stdout, stderr]).toEqual(['{"passed":true,"exitCode":0,"status":"delivered","spans":5}\n', ''])
    expect(compare(fake, project.only())).toEqual(equal)
  })

  it('keeps it here where that is asked for', async () => {
    const { fake, stdout } = await runWith('{ noPush: true }')
    expect(stdout).toBe('{"passed":true,"exitCode":0}\n')
    expect(fake.state.events.spans()).toEqual([])
  })
})
