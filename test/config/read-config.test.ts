import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { resolveOptions } from '../../src/config/resolve.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'

const file = '/project/llmobs-exp.config.ts'

function refusal(exported: unknown): LlmobsExpError {
  try {
    readConfig(exported, file)
  } catch (error) {
    if (error instanceof LlmobsExpError && error.code === 'E_CONFIG_FILE') return error
    throw error
  }
  throw new Error('not refused')
}

describe('readConfig', () => {
  it('takes every option in the form that its type has', () => {
    const texts = readConfig(
      {
        only: 'a',
        sampleSize: 5,
        sampleSeed: 0,
        filter: { lang: 'fr', n: 1, ok: true, none: null },
        record: ['r1', 'r2'],
        config: { model: 'large', limits: { tokens: 4 }, count: '5' },
        runs: 3,
        jobs: 20,
        evalJobs: 4,
        threads: 'auto',
        timeout: '30s',
        evalTimeout: 500,
        maxRetries: 2,
        maxTime: '20m',
        maxErrors: '1%',
        raiseErrors: false,
        maxIdenticalErrors: 20,
        skipInvalid: true,
        project: 'support',
        backend: 'datadog',
        noPush: true,
        requireBackend: false,
        allowUndelivered: true,
        pushTimeout: '2m',
        restamp: false,
        reporter: ['plain', 'json=out/report.json'],
        quiet: true,
        debug: false,
        tag: { team: 'support', area: 'a:b' },
        store: './results',
      },
      file,
    )
    const { values } = resolveOptions({}, {}, { configFile: { name: 'x.ts', folder: '/project', texts } })

    expect(values).toEqual({
      only: ['a'],
      sampleSize: 5,
      sampleSeed: 0,
      filter: [
        { key: 'lang', value: 'fr' },
        { key: 'n', value: '1' },
        { key: 'ok', value: 'true' },
        { key: 'none', value: 'null' },
      ],
      record: ['r1', 'r2'],
      config: [
        { key: 'model', value: '"large"' },
        { key: 'limits', value: '{"tokens":4}' },
        { key: 'count', value: '"5"' },
      ],
      runs: 3,
      jobs: 20,
      evalJobs: 4,
      threads: 'auto',
      timeout: 30_000,
      evalTimeout: 500,
      maxRetries: 2,
      maxTime: 1_200_000,
      maxErrors: { kind: 'share', percent: 1 },
      raiseErrors: false,
      maxIdenticalErrors: 20,
      skipInvalid: true,
      project: 'support',
      backend: 'datadog',
      noPush: true,
      requireBackend: false,
      allowUndelivered: true,
      pushTimeout: 120_000,
      restamp: false,
      reporter: ['plain', 'json=/project/out/report.json'],
      quiet: true,
      debug: false,
      tag: [
        { key: 'team', value: 'support' },
        { key: 'area', value: 'a:b' },
      ],
      store: '/project/results',
      dotenv: undefined,
      watch: false,
    })
  })

  it('takes undefined for not set', () => {
    expect(readConfig({ jobs: undefined, config: { model: undefined } }, file)).toEqual({ config: [] })
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'the number 7'],
    [[], 'an empty array'],
    [() => ({}), 'a function'],
    [Promise.resolve({}), 'a promise'],
  ])('refuses %s as the default export', (exported, got) => {
    const { message, hint, location } = refusal(exported)
    expect(message).toBe(`llmobs-exp.config.ts: expected an object of options as the default export, got ${got}`)
    expect(hint).toContain('export default defineConfig(')
    expect(location).toEqual({ file })
  })

  it.each([
    [{ jbos: 2 }, 'jbos', 'did you mean jobs?'],
    [{ 'eval-jobs': 2 }, 'eval-jobs', 'did you mean evalJobs?'],
    [{ concurrency: 2 }, 'concurrency', 'jobs is the word here'],
    [{ tags: {} }, 'tags', 'tag is the word here'],
    [{ watch: true }, 'watch', 'it belongs to one command: --watch'],
    [{ dotenv: '.env.local' }, 'dotenv', 'it is read before this file: --dotenv <path>, or LLMOBS_EXP_DOTENV'],
    [{ constructor: 1 }, 'constructor', /^known: only, sampleSize, /],
  ])('refuses the unknown key of %o with a hint', (exported, key, hint) => {
    const error = refusal(exported)
    expect(error.message).toBe(`llmobs-exp.config.ts: there is no option "${key}"`)
    expect(error.hint).toMatch(hint)
  })

  it.each([
    [{ jobs: 'many' }, 'jobs: expected a whole number from 1 to 10000, got "many"'],
    [{ jobs: '5' }, 'jobs: expected a whole number from 1 to 10000, got "5"'],
    [{ jobs: 0 }, 'jobs: expected a whole number from 1 to 10000, got the number 0'],
    [{ jobs: Number.NaN }, 'jobs: expected a whole number from 1 to 10000, got the number NaN'],
    [{ runs: 1.5 }, 'runs: expected a whole number from 1 to 10000, got the number 1.5'],
    [
      { timeout: 'soon' },
      'timeout: expected a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days, got "soon"',
    ],
    [{ maxErrors: '101%' }, 'maxErrors: expected a whole number of rows, or a percentage from 0% to 100%, got "101%"'],
    [{ quiet: 'yes' }, 'quiet: expected true or false, got "yes"'],
    [{ store: '' }, 'store: expected a folder, got ""'],
    [{ only: [1] }, 'only: expected the name of an experiment or a variant, or an array of them, got an array of 1'],
    [
      { tag: ['a:b'] },
      "tag: expected an object of texts, without : in its keys, such as { team: 'support' }, got an array of 1",
    ],
    [
      { tag: { 'a:b': 'c' } },
      "tag: expected an object of texts, without : in its keys, such as { team: 'support' }, got an object",
    ],
    [
      { config: { run: () => 1 } },
      "config: expected an object that JSON can keep, without = in its keys, such as { model: 'large-2' }, got an object",
    ],
  ])('refuses the value of %o with the key, what was expected and what was got', (exported, message) => {
    expect(refusal(exported).message).toBe(`llmobs-exp.config.ts: ${message}`)
  })

  it('tells everything that is wrong at once', () => {
    const { message, hint } = refusal({ jbos: 1, runs: 0, quiet: 1 })
    expect(message).toBe('llmobs-exp.config.ts: there is no option "jbos"')
    expect(hint?.split('\n')).toEqual([
      'did you mean jobs?',
      'also: runs: expected a whole number from 1 to 10000, got the number 0',
      'also: quiet: expected true or false, got the number 1',
    ])
  })
})
