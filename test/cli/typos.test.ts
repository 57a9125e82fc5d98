import { expect, test } from 'vitest'
import { cliProject } from '../helpers/cli.ts'
import { experiment, numbered, passing } from '../helpers/modules.ts'

const triage = experiment(
  `${numbered(2)} config: { model: 'small' }, task: (input) => input,
  evaluators: { correct: ({ output, expectedOutput }) => output === expectedOutput },
  variants: { small: {}, large: { config: { model: 'large' } } },`,
  '',
  'triage',
)

test.each([
  ['a command', ['rnu', 'evals/triage.ts'], 'did you mean run?'],
  ['a flag', ['run', 'evals/triage.ts', '--job', '3'], 'did you mean --jobs?'],
  ['a file', ['run', 'evals/trige.ts'], 'did you mean "evals/triage.ts"?'],
  ['a folder', ['run', 'evlas/triage.ts'], 'did you mean "evals/triage.ts"?'],
  ['a folder of a glob', ['run', 'evlas/*.ts'], 'did you mean "evals/*.ts"?'],
  ['a file without its extension', ['check', 'evals/triage'], 'did you mean "evals/triage.ts"?'],
  ['an experiment of --only', ['run', 'evals/triage.ts', '--only', 'traige'], 'did you mean "triage"?'],
  ['a variant of --only', ['run', 'evals/triage.ts', '--only', 'triage/lrage'], 'did you mean "triage/large"?'],
  ['a key of --config', ['run', 'evals/triage.ts', '--config', 'modle=x'], 'did you mean "model"?'],
  ['a reporter', ['run', 'evals/triage.ts', '--reporter', 'jsno=x.json'], 'did you mean json?'],
  ['a reporter of show', ['show', 'latest', '--reporter', 'plian'], 'did you mean plain?'],
  ['an evaluator in thresholds', ['run', 'evals/wrong.ts'], 'did you mean "correct"?'],
  ['a name that is imported', ['run', 'evals/name.ts'], 'did you mean "defineExperiment"?'],
  ['a dataset file', ['run', 'evals/file.ts'], 'did you mean "./triage.jsonl"?'],
  ['an env file', ['run', 'evals/triage.ts', '--dotenv', '.evn.local'], 'did you mean ".env.local"?'],
  ['latest', ['show', 'latst'], 'did you mean "latest"?'],
  ['a name behind latest:', ['show', 'latest:traige'], 'did you mean "latest:triage"?'],
  ['a name without latest:', ['show', 'triage/large'], 'did you mean "latest:triage/large"?'],
  ['a name to prune', ['prune', '--keep', '1', '--name', 'triage/lareg'], 'did you mean "triage/large"?'],
  ['a kind of template', ['init', '--template', 'openia'], 'did you mean openai?'],
] as const)(
  'a misspelt %s gets a suggestion, exit code 2, and is the only thing that is told',
  async (_what, args, says) => {
    const project = await cliProject({
      '.env.local': '',
      'evals/triage.ts': triage,
      'evals/triage.jsonl': '',
      'evals/name.ts': "import { defineExperment } from 'llmobs-exp'\nexport default defineExperment({})\n",
      'evals/file.ts': experiment(`dataset: jsonl('./triag.jsonl'), ${passing}`, "import { jsonl } from 'llmobs-exp'"),
      'evals/wrong.ts': triage.replace('variants', 'thresholds: { corect: 1 }, variants'),
    })
    if (args[0] === 'show' || args[0] === 'prune') await project.run(['run', 'evals/triage.ts'])
    const { exitCode, stdout, stderr } = await project.run(args)

    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
    const told = stderr.split('\n').filter((line) => line !== '' && !/^[ >]+\d* \|/.test(line))
    expect(told.length).toBeLessThanOrEqual(3)
  },
)
