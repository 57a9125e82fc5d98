import { beforeEach, describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from '../helpers/cli.ts'

let project: CliProject

beforeEach(async () => {
  project = await cliProject({ 'evals/one.ts': '', 'evals/two words.ts': '', 'notes.txt': '' })
})

/** What bash offers at the end of these words, the last of which is being written. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `eval "$(llmobs-exp completion bash)"
COMP_WORDS=(llmobs-exp "$@")
COMP_CWORD=$#
_llmobs_exp
printf '%s\\n' "\${COMPREPLY[@]}"`
  project.write('complete.sh', script)
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const { stdout, stderr } = await project.shell(`bash --norc complete.sh ${quoted}`)
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

/** What `--reporter` takes. */
const names = ['csv', 'github', 'html', 'json', 'junit', 'markdown', 'ndjson', 'plain', 'terminal']

describe('completion in bash', () => {
  test('offers the commands', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['run', 'list', 'show', 'doctor', 'completion', '--help']))
    expect(await offered('do')).toEqual(['doctor'])
  })

  test('offers the options of the command', async () => {
    expect(await offered('run', 'evals/one.ts', '--eval')).toEqual(['--eval-jobs', '--eval-timeout'])
    expect(await offered('show', '--')).toEqual(['--help', '--reporter', '--rows', '--store'])
  })

  test('offers files, with spaces in their names or not', async () => {
    expect(await offered('run', 'evals/')).toEqual(['evals/one.ts', 'evals/two words.ts'])
    expect(await offered('run', '--jobs', '3', 'no')).toEqual(['node_modules', 'notes.txt'])
  })

  test('offers what an option can be, and nothing else behind it', async () => {
    expect(await offered('run', '--reporter', '')).toEqual(names)
    expect(await offered('run', '--store', 'e')).toEqual(['evals'])
    expect(await offered('show', 'latest', '--rows', 'f')).toEqual(['failing'])
    expect(await offered('run', '--jobs', '')).toEqual([])
    expect(await offered('run', '-j', '')).toEqual([])
  })

  test('sees through --option=value, which bash takes apart', async () => {
    expect(await offered('run', '--reporter', '=')).toEqual(names)
    expect(await offered('run', '--reporter', '=', 'nd')).toEqual(['ndjson'])
  })

  test('offers words for arguments that are one of a few', async () => {
    expect(await offered('completion', '')).toEqual(['bash', 'fish', 'zsh'])
    expect(await offered('show', '')).toEqual(['latest'])
  })

  test('works at a prompt', async () => {
    const running = project.pty("PS1='ready> ' bash --norc -i")
    await running.prints(/ready> /, 'stdout')
    running.type('eval "$(llmobs-exp completion bash)"; echo lo\'\'aded\n')
    await running.prints(/loaded/, 'stdout')
    running.type('llmobs-exp compl\tba\t | grep -c _llmobs_exp\n')
    // What was completed is a command that prints the script.
    await running.prints(/^[1-9]\d*\r?$/m, 'stdout')
    running.type('exit\n')
    expect((await running.ended).exitCode).toBe(0)
  })
})

test.each(['bash', 'zsh', 'fish'])('the script for %s knows all commands and options', async (shell) => {
  const { exitCode, stdout, stderr } = await project.run(['completion', shell])

  expect([exitCode, stderr]).toEqual([0, ''])
  for (const word of ['doctor', 'eval-jobs', 'dotenv', 'ndjson', 'dry-run']) expect(stdout).toContain(word)
  expect(stdout).not.toContain('env-file')
})

test('another shell exits 2 with those that there are', async () => {
  const { exitCode, stderr } = await project.run(['completion', 'fihs'])

  expect(exitCode).toBe(2)
  expect(stderr).toContain('error E_USAGE: completion: expected one of bash, zsh, fish, got "fihs"')
  expect(stderr).toContain('hint: did you mean fish?')
})
