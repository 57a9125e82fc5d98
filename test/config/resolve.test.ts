import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definitionOptions, environmentName, flagName, optionNames } from '../../src/config/options.ts'
import { resolveForExperiment, resolveOptions } from '../../src/config/resolve.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'
import { definitionInfo } from './definition-info.ts'

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof LlmobsExpError && error.code === 'E_OPTION') return error.message
    throw error
  }
  return 'not refused'
}

describe('resolveOptions', () => {
  it('gives the documented defaults when nothing is said', () => {
    const { values, sources } = resolveOptions({}, {})
    expect(values).toEqual({
      only: [],
      sampleSize: undefined,
      sampleSeed: undefined,
      filter: [],
      record: [],
      config: [],
      runs: 1,
      jobs: 10,
      evalJobs: undefined,
      threads: 'auto',
      timeout: 600_000,
      evalTimeout: 300_000,
      maxTime: undefined,
      maxRetries: 0,
      maxErrors: { kind: 'count', count: 0 },
      raiseErrors: false,
      maxIdenticalErrors: 8,
      skipInvalid: false,
      project: undefined,
      backend: undefined,
      noPush: false,
      requireBackend: false,
      allowUndelivered: false,
      pushTimeout: 60_000,
      restamp: false,
      reporter: [],
      quiet: false,
      debug: false,
      tag: [],
      store: undefined,
      dotenv: undefined,
      watch: false,
    })
    expect(new Set(sources.values())).toEqual(new Set(['default']))
    expect([...sources.keys()]).toEqual(optionNames)
  })

  it('reads flags as commander gives them', () => {
    const { values } = resolveOptions(
      {
        jobs: '100',
        sampleSize: '5',
        sampleSeed: '0',
        only: ['a', 'b/large'],
        filter: ['lang=fr', 'a=b=c'],
        tag: ['team:support:eu'],
        config: ['model=large-2'],
        raiseErrors: true,
        reporter: ['plain', 'json=out.json'],
        store: '/tmp/x',
      },
      {},
    )
    expect(values).toMatchObject({
      jobs: 100,
      sampleSize: 5,
      sampleSeed: 0,
      only: ['a', 'b/large'],
      filter: [
        { key: 'lang', value: 'fr' },
        { key: 'a', value: 'b=c' },
      ],
      tag: [{ key: 'team', value: 'support:eu' }],
      config: [{ key: 'model', value: 'large-2' }],
      raiseErrors: true,
      reporter: ['plain', 'json=out.json'],
      store: '/tmp/x',
    })
  })

  it('reads environment variables, several values with commas or lines between them', () => {
    const env = {
      LLMOBS_EXP_EVAL_JOBS: '3',
      LLMOBS_EXP_QUIET: 'true',
      LLMOBS_EXP_DEBUG: '0',
      LLMOBS_EXP_REPORTER: 'plain, json=out.json',
      LLMOBS_EXP_CONFIG: 'stop=["a","b"]\nmodel=large',
      LLMOBS_EXP_JOBS: ' ',
      LLMOBS_EXP_RUNS: '',
    }
    const { values, sources } = resolveOptions({}, env)
    expect(values).toMatchObject({ evalJobs: 3, quiet: true, debug: false, reporter: ['plain', 'json=out.json'] })
    expect(values.config).toEqual([
      { key: 'stop', value: '["a","b"]' },
      { key: 'model', value: 'large' },
    ])
    expect([sources.get('debug'), sources.get('jobs'), sources.get('runs')]).toEqual([
      'environment',
      'default',
      'default',
    ])
  })

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['250', 250],
    ['2147483647', 2_147_483_647],
  ])('reads the duration %s as %d ms', (text, milliseconds) => {
    expect(resolveOptions({ timeout: text }, {}).values.timeout).toBe(milliseconds)
  })

  it.each([
    ['3', { kind: 'count', count: 3 }],
    ['10%', { kind: 'share', percent: 10 }],
    ['0.5%', { kind: 'share', percent: 0.5 }],
  ])('reads --max-errors %s', (text, allowance) => {
    expect(resolveOptions({ maxErrors: text }, {}).values.maxErrors).toEqual(allowance)
  })

  it.each([
    ['jobs', '0', 'a whole number from 1 to 10000'],
    ['jobs', '-1', 'a whole number from 1 to 10000'],
    ['jobs', '1e9', 'a whole number from 1 to 10000'],
    ['jobs', 'abc', 'a whole number from 1 to 10000'],
    ['jobs', '', 'a whole number from 1 to 10000'],
    ['runs', '1.5', 'a whole number from 1 to 10000'],
    ['sampleSize', '0', 'a whole number from 1 to 9007199254740991'],
    ['sampleSize', 'NaN', 'a whole number from 1 to 9007199254740991'],
    ['maxRetries', '101', 'a whole number from 0 to 100'],
    ['timeout', '0', 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days'],
    ['timeout', '10 m', 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days'],
    ['timeout', '25d', 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days'],
    ['evalTimeout', '2147483648', 'a duration such as 500ms, 30s, 10m or 1h, from 1ms to 24 days'],
    ['maxErrors', '101%', 'a whole number of rows, or a percentage from 0% to 100%'],
    ['maxErrors', '-1', 'a whole number of rows, or a percentage from 0% to 100%'],
    ['filter', '=x', 'key=value, such as language=fr'],
    ['tag', 'team', 'key:value, such as team:support'],
    ['store', '', 'a folder'],
    ['backend', 'otlp', 'local or datadog'],
    ['project', '', 'the name of a project'],
  ] as const)('refuses --%s %j, naming the flag or the variable', (name, text, expected) => {
    const got = JSON.stringify(text)
    expect(refusal(() => resolveOptions({ [name]: text }, {}))).toBe(
      `${flagName(name)}: expected ${expected}, got ${got}`,
    )
    if (text === '') return
    const variable = environmentName(name)
    expect(refusal(() => resolveOptions({}, { [variable]: text }))).toBe(
      `${variable}: expected ${expected}, got ${got}`,
    )
  })

  it('refuses a switch in the environment that is neither on nor off', () => {
    const message = refusal(() => resolveOptions({}, { LLMOBS_EXP_QUIET: 'maybe' }))
    expect(message).toBe('LLMOBS_EXP_QUIET: expected true or false, got "maybe"')
  })

  it('refuses --sample-seed without a sample size', () => {
    expect(refusal(() => resolveOptions({ sampleSeed: '1' }, {}))).toContain('--sample-seed')
    expect(resolveOptions({ sampleSeed: '1' }, { LLMOBS_EXP_SAMPLE_SIZE: '3' }).values.sampleSize).toBe(3)
  })

  it('takes nothing from the prototype of what it is given', () => {
    const flags: Record<string, unknown> = Object.create({ jobs: '99' })
    expect(resolveOptions(flags, {}).values.jobs).toBe(10)
  })
})

describe('files beside the nearest package.json', () => {
  const envFile = { name: '.env', folder: '/project', variables: new Set(['LLMOBS_EXP_STORE', 'LLMOBS_EXP_JOBS']) }
  const configFile = { name: 'llmobs-exp.config.ts', folder: '/project/sub', texts: { reporter: ['json=out.json'] } }

  it('are where relative paths in them start from, while those of flags are left as they are', () => {
    const env = { LLMOBS_EXP_STORE: 'results', LLMOBS_EXP_REPORTER: 'json=a.json' }
    expect(resolveOptions({}, env, { envFile, configFile }).values).toMatchObject({
      store: '/project/results',
      reporter: ['json=a.json'],
    })
    expect(resolveOptions({ store: 'x' }, {}, { envFile, configFile }).values).toMatchObject({
      store: 'x',
      reporter: ['json=/project/sub/out.json'],
    })
  })

  it('are named in messages', () => {
    const { origins } = resolveOptions({ quiet: true }, { LLMOBS_EXP_JOBS: '2' }, { envFile, configFile })
    expect(Object.fromEntries(origins)).toEqual({
      quiet: '--quiet',
      jobs: 'LLMOBS_EXP_JOBS in .env',
      reporter: 'reporter in llmobs-exp.config.ts',
    })
    expect(refusal(() => resolveOptions({}, { LLMOBS_EXP_JOBS: 'x' }, { envFile }))).toMatch(
      /^LLMOBS_EXP_JOBS in \.env: expected a whole number/,
    )
  })
})

describe('the project', () => {
  const resolve = (
    flags: object,
    env: Record<string, string>,
    { definition, config }: { readonly definition?: string; readonly config?: string } = {},
  ) => {
    const texts = config === undefined ? {} : { project: [config] }
    const options = resolveOptions({ ...flags }, env, { configFile: { name: 'c.ts', folder: '/', texts } })
    const info = definitionInfo(definition === undefined ? {} : { project: definition })
    return resolveForExperiment(options, info)
  }
  const env = { DD_LLMOBS_PROJECT_NAME: 'shared', LLMOBS_EXP_PROJECT: 'own' }
  const below = { definition: 'written', config: 'configured' }

  it('is that of the flag, else the environment, the definition, the config file, the variable of other tools', () => {
    const others = { DD_LLMOBS_PROJECT_NAME: 'shared' }
    const projects = [
      resolve({ project: 'flag' }, env, below),
      resolve({}, env, below),
      resolve({}, others, below),
      resolve({}, others, { config: 'configured' }),
      resolve({}, others),
      resolve({}, {}),
    ].map(({ values, sources }) => [values.project, sources.get('project')])
    expect(projects).toEqual([
      ['flag', 'flag'],
      ['own', 'environment'],
      ['written', 'definition'],
      ['configured', 'config-file'],
      ['shared', 'other-variable'],
      [undefined, 'default'],
    ])
  })

  it('says which variable it comes from, and takes an empty one for none', () => {
    expect(resolve({}, { DD_LLMOBS_PROJECT_NAME: 'shared' }).origins.get('project')).toBe('DD_LLMOBS_PROJECT_NAME')
    expect(resolve({}, { DD_LLMOBS_PROJECT_NAME: ' ' }).values.project).toBeUndefined()
  })
})

describe('resolveForExperiment', () => {
  const numericOptions = definitionOptions.filter((name) => name !== 'project')
  const layers = fc.record({
    flag: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
    environment: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
    isFromEnvFile: fc.boolean(),
    definition: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
    configFile: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
  })

  it('lets the flag win, then the environment, then the definition, then the config file, then the default', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numericOptions), layers, (name, given) => {
        const { flag, environment, isFromEnvFile, definition, configFile } = given
        const variables = new Set(isFromEnvFile ? [environmentName(name)] : [])
        const texts = configFile === undefined ? {} : { [name]: [String(configFile)] }
        const command = resolveOptions(
          flag === undefined ? {} : { [name]: String(flag) },
          environment === undefined ? {} : { [environmentName(name)]: String(environment) },
          { envFile: { name: '.env', folder: '/', variables }, configFile: { name: 'c.ts', folder: '/', texts } },
        )
        const info = definitionInfo(definition === undefined ? {} : { [name]: definition })
        const { values, sources } = resolveForExperiment(command, info)
        const wins = [
          { source: 'flag', value: flag },
          { source: isFromEnvFile ? 'env-file' : 'environment', value: environment },
          { source: 'definition', value: definition },
          { source: 'config-file', value: configFile },
          { source: 'default', value: resolveOptions({}, {}).values[name] },
        ].find(({ value }) => value !== undefined)
        expect({ source: sources.get(name), value: values[name] }).toEqual(wins)
      }),
    )
  })

  it('leaves the options of the command as they are', () => {
    const command = resolveOptions({}, {})
    resolveForExperiment(command, definitionInfo({ runs: 7 }))
    expect(command.values.runs).toBe(1)
    expect(command.sources.get('runs')).toBe('default')
  })

  it('merges tags by key, the command line before the definition', () => {
    const command = resolveOptions({ tag: ['team:b', '__proto__:x'] }, {})
    const { tags } = resolveForExperiment(command, definitionInfo({ tags: { team: 'a', area: 'eu' } }))
    expect(Object.entries(tags)).toEqual([
      ['team', 'b'],
      ['area', 'eu'],
      ['__proto__', 'x'],
    ])
  })

  it('takes tags and config of the config file where the definition has no such key', () => {
    const texts = { tag: ['team:a', 'area:eu', 'kind:x'], config: ['model="small"', 'limit=5', 'seed=1'] }
    const configFile = { name: 'c.ts', folder: '/', texts }
    const info = definitionInfo({ config: '{"model":"own","limit":7}', tags: { team: 'b', area: 'us' } })
    const flags = { tag: ['team:c'], config: ['limit=9'] }
    const { tags, config } = resolveForExperiment(resolveOptions(flags, {}, { configFile }), info)
    expect(tags).toEqual({ team: 'c', area: 'us', kind: 'x' })
    expect(JSON.parse(config)).toEqual({ model: 'own', limit: 9, seed: 1 })
    const alone = resolveForExperiment(resolveOptions({}, {}, { configFile }), info)
    expect(alone.tags).toEqual({ team: 'b', area: 'us', kind: 'x' })
    expect(JSON.parse(alone.config)).toEqual({ model: 'own', limit: 7, seed: 1 })
  })

  it('applies --config and names the environment variable when that is where it came from', () => {
    const info = definitionInfo({ config: '{"model":"small"}' })
    const { config } = resolveForExperiment(resolveOptions({ config: ['model=large'] }, {}), info)
    expect(config).toBe('{"model":"large"}')
    const fromEnv = resolveOptions({}, { LLMOBS_EXP_CONFIG: 'modle=large' })
    expect(refusal(() => resolveForExperiment(fromEnv, info))).toContain('LLMOBS_EXP_CONFIG: expected a key of')
  })
})
