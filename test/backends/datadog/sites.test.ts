import { describe, expect, it } from 'vitest'
import { apiOrigin, datasetLink, experimentLink } from '../../../src/backends/datadog/sites.ts'

describe('sites', () => {
  it.each([
    ['datadoghq.com', 'https://app.datadoghq.com'],
    ['us3.datadoghq.com', 'https://us3.datadoghq.com'],
    ['us5.datadoghq.com', 'https://us5.datadoghq.com'],
    ['ap1.datadoghq.com', 'https://ap1.datadoghq.com'],
    ['ap2.datadoghq.com', 'https://ap2.datadoghq.com'],
    ['datadoghq.eu', 'https://app.datadoghq.eu'],
    ['ddog-gov.com', 'https://app.ddog-gov.com'],
    ['datad0g.com', 'https://dd.datad0g.com'],
    ['dd.datad0g.com', 'https://dd.datad0g.com'],
  ])('vector 1: links of %s begin with %s', (site, origin) => {
    expect(experimentLink(site, 'abc-1')).toBe(`${origin}/llm/experiments/abc-1`)
    expect(datasetLink(site, 'abc-1')).toBe(`${origin}/llm/datasets/abc-1`)
  })

  it('vector 2: the API of a site is asked under api.', () => {
    expect(apiOrigin('us3.datadoghq.com')).toBe('https://api.us3.datadoghq.com')
  })
})
