// Checked by `tsc` alone: every line must compile, every `@ts-expect-error` must be an error.
import { describe, expectTypeOf, it } from 'vitest'
import { type Config, defineConfig } from '../../src/index.ts'

describe('defineConfig', () => {
  it('takes the options in the forms that they have', () => {
    defineConfig({
      jobs: 20,
      timeout: '30s',
      evalTimeout: 500,
      maxErrors: '1.5%',
      quiet: true,
      only: 'a',
      reporter: ['plain', 'json=report.json'],
      tag: { team: 'support' },
      filter: { lang: 'fr', n: 1 },
      config: { model: 'large', limits: { tokens: 4 } },
      store: './results',
      runs: undefined,
    })
    defineConfig({})
  })

  it('refuses keys that are no option', () => {
    // @ts-expect-error it is jobs
    defineConfig({ jbos: 1 })
    // @ts-expect-error it is read before this file
    defineConfig({ dotenv: '.env.local' })
  })

  it('refuses values that the option cannot have', () => {
    // @ts-expect-error a number
    defineConfig({ jobs: '20' })
    // @ts-expect-error without a unit, or with one that is known
    defineConfig({ timeout: '30 seconds' })
    // @ts-expect-error a share has a percent sign
    defineConfig({ maxErrors: '5' })
    // @ts-expect-error a boolean
    defineConfig({ quiet: 'true' })
    // @ts-expect-error texts
    defineConfig({ tag: { team: 1 } })
  })

  it('gives the type to configs that are written apart', () => {
    expectTypeOf(defineConfig).returns.toEqualTypeOf<Config>()
    expectTypeOf<Config['timeout']>().toEqualTypeOf<
      number | `${number}ms` | `${number}s` | `${number}m` | `${number}h` | undefined
    >()
  })
})
