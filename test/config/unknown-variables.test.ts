import { describe, expect, it } from 'vitest'
import { environmentName, optionNames } from '../../src/config/options.ts'
import { findUnknownVariables } from '../../src/config/unknown-variables.ts'

describe('findUnknownVariables', () => {
  it('finds misspelt names with the one that was meant', () => {
    expect(findUnknownVariables({ LLMOBS_EXP_JOB: '1', LLMOBS_EXP_SAMPLESIZE: '', LLMOBS_EXP_XYZZYXYZZY: '' })).toEqual(
      [
        { name: 'LLMOBS_EXP_JOB', near: 'LLMOBS_EXP_JOBS' },
        { name: 'LLMOBS_EXP_SAMPLESIZE', near: 'LLMOBS_EXP_SAMPLE_SIZE' },
        { name: 'LLMOBS_EXP_XYZZYXYZZY' },
      ],
    )
  })

  it('says nothing of names that there are, and of those without the prefix', () => {
    const all = Object.fromEntries(optionNames.map((name) => [environmentName(name), '']))
    expect(findUnknownVariables({ ...all, JOBS: '1', LLMOBS_EX: '' })).toEqual([])
  })
})
