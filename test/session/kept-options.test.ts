import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/config/resolve.ts'
import { keptNames } from '../../src/config/resume-names.ts'
import { keptOptions } from '../../src/session/kept-options.ts'

describe('keptOptions', () => {
  it('keeps every option of how an experiment is run, as its manifest has it', () => {
    const flags = {
      jobs: '4',
      evalJobs: '2',
      threads: '3',
      timeout: '30s',
      evalTimeout: '10s',
      maxRetries: '1',
      maxErrors: '5%',
      baseline: 'latest',
      failOnRegression: ['exact:2%'],
      stopWhenCertain: true,
      raiseErrors: true,
      maxIdenticalErrors: '9',
      maxTime: '1h',
    }
    const kept = keptOptions(resolveOptions(flags, {}).values)
    expect(kept).toEqual({
      jobs: 4,
      evalJobs: 2,
      threads: 3,
      timeout: 30_000,
      evalTimeout: 10_000,
      maxRetries: 1,
      maxErrors: '5%',
      baseline: 'latest',
      failOnRegression: ['exact:0.02'],
      stopWhenCertain: true,
      raiseErrors: true,
      maxIdenticalErrors: 9,
      maxTime: 3_600_000,
    })
    expect(Object.keys(kept).sort()).toEqual([...keptNames].sort())
  })

  it('leaves out what was not given', () => {
    expect(Object.keys(keptOptions(resolveOptions({}, {}).values))).toEqual([
      'jobs',
      'timeout',
      'evalTimeout',
      'maxRetries',
      'maxErrors',
      'raiseErrors',
      'maxIdenticalErrors',
    ])
  })
})
