import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'

const list = 'llmobs-exp --help lists the commands, llmobs-exp <command> --help its options'

test.each([
  [['run', 'exp.ts', '--job', '2'], "unknown option '--job'", 'did you mean --jobs?'],
  [['run', 'exp.ts', '--smaple-size', '2'], "unknown option '--smaple-size'", 'did you mean --sample-size?'],
  [['list', '--stroe', 'x'], "unknown option '--stroe'", 'did you mean --store?'],
  [['run', 'exp.ts', '--xyzzy'], "unknown option '--xyzzy'", list],
  [['rnu', 'exp.ts'], "unknown command 'rnu'", 'did you mean run?'],
  [['./exp.ts'], "unknown command './exp.ts'", 'to run it: llmobs-exp run ./exp.ts'],
  [['run'], "missing required argument 'file'", list],
  [['run', 'exp.ts', '--jobs'], "option '-j, --jobs <n>' argument missing", list],
  [
    ['show', 'latest', '--rows', 'faling'],
    '--rows: expected one of failing, all, got "faling"',
    'did you mean failing?',
  ],
])('%o exits 2 with a code, what is wrong, and a hint', async (args, says, hint) => {
  const project = await cliProject()
  const { exitCode, stdout, stderr } = await project.run(args)

  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`error E_USAGE: ${says}`)
  expect(stderr).toContain(`hint: ${hint}`)
})
