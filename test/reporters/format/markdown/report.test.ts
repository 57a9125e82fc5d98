import { describe, expect, it } from 'vitest'
import { buildMarkdown, renderMarkdown } from '../../../../src/reporters/format/markdown/report.ts'
import { failingExperiment } from '../../../helpers/failing-experiment.ts'
import { fakeComparison, fakeFlip } from '../../../helpers/fake-comparison.ts'
import { delivered, fakeInfo, fakeRow, fakeRun, fakeView, passed } from '../../../helpers/fake-view.ts'
import { hostileTexts } from '../../../helpers/hostile.ts'
import { renderDocument, renderGroup } from '../../../helpers/render-document.ts'

const MAX_BYTES = 60_000

/** Everything outside of code: what a site reads as markup. */
function markup(markdown: string): string {
  return markdown.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
}

describe('a Markdown report', () => {
  it('has what changed and what was missed before everything else', async () => {
    const { view, ended } = failingExperiment()
    const failing = (await view.failingRows(1)).slice(1, 4)
    const text = await renderDocument(renderMarkdown, { ...view, failingRows: async () => failing }, ended)
    await expect(text).toMatchFileSnapshot('report.md')
  })

  it('is short where all is well', async () => {
    const text = await renderDocument(renderMarkdown, fakeView(), { delivery: delivered })
    await expect(text).toMatchFileSnapshot('passed.md')
  })

  it('says what was not started, and why', async () => {
    const error = { code: 'E_DATASET_EMPTY', name: 'LlmobsExpError', message: 'no record is left' } as const
    const reason = { kind: 'not-started', error } as const
    const outcome = { status: 'stopped', exitCode: 2, reason, failures: [] } as const
    const text = await renderDocument(renderMarkdown, fakeView(), { outcome })
    expect(text).toContain('- `not started: no record is left`')
    expect(text).not.toContain('Numbers')
  })

  it('stays within its size, and leaves out whole rows, which it counts', async () => {
    const { view, ended } = failingExperiment()
    const long = 'é'.repeat(2000)
    const records = Array.from({ length: 400 }, (_, index) => fakeFlip('broken', `${index} ${long}`))
    const comparison = fakeComparison({ records, counts: { broken: 1000, fixed: 0, stillFailing: 0 } })
    const text = await renderDocument(renderMarkdown, view, { ...ended, comparison })
    const rows = text.split('\n').filter((line) => line.includes('❌ broken |'))
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_BYTES)
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_BYTES * 0.9)
    expect(rows.every((row) => row.split(' | ').length === 6)).toBe(true)
    expect(text).toContain(`\nand ${1000 - rows.length} more: \`llmobs-exp compare `)
  })

  it.each([100, 1_000, 5_000, 20_000])('stays within %i bytes', async (maxBytes) => {
    const { view, ended } = failingExperiment()
    const infos = Array.from({ length: 60 }, (_, index) =>
      fakeInfo({ experimentId: `id-${index}`, name: `exp-${index}` }),
    )
    const experiments = infos.map((info) => ({ ...ended, info }))
    const views = new Map(infos.map((info) => [info.experimentId, { ...view, info }]))
    const text = await buildMarkdown({ outcome: { exitCode: 1, experiments, lastLine: '' }, views }, maxBytes)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
  })

  it('says of every experiment what it came to, however many there are', async () => {
    const infos = Array.from({ length: 60 }, (_, index) =>
      fakeInfo({ experimentId: `id-${index}`, name: `exp-${index}` }),
    )
    const outcome = { exitCode: 0, experiments: infos.map((info) => ({ info, outcome: passed })), lastLine: '' }
    const text = await renderGroup(
      renderMarkdown,
      outcome,
      infos.map((info) => fakeView({ info })),
    )
    for (const { name } of infos) expect(text).toContain(`**passed** \`${name}\``)
  })

  it('has data in code only, where nothing is markup, a mention or a link', async () => {
    const payloads = [
      ...hostileTexts,
      '@everyone',
      '</details><script>',
      '| a | b |',
      '```\n# x\n```',
      'https://evil.example',
      '`x` ![i](j)',
    ]
    for (const payload of payloads) {
      const mark = `${payload} MARK`
      const error = { code: 'E_TASK', name: mark, message: mark } as const
      const row = fakeRow({
        key: mark,
        record: { key: mark, contentHash: '00', input: mark, expectedOutput: mark },
        evaluations: [],
      })
      const label = { type: 'none', label: mark, evaluator: mark, scored: 0, errored: 0, skipped: 1 } as const
      const run = fakeRun({
        labels: [label],
        summaries: [{ name: mark, status: 'ok', type: 'categorical', value: mark }],
        errors: [{ where: 'task', error, count: 1, exampleKey: mark }],
        failingCount: 1,
      })
      const info = fakeInfo({ name: mark, file: mark })
      const text = await renderDocument(renderMarkdown, fakeView({ info, runs: [run], rows: [row] }), {
        outcome: {
          status: 'failed',
          exitCode: 1,
          failures: [{ kind: 'threshold', name: mark, wanted: mark, got: mark }],
        },
        comparison: fakeComparison({ records: [{ kind: 'broken', key: mark, candidate: row }] }),
      })
      expect(text).toContain('MARK')
      expect({ payload, outside: markup(text).match(/.*(?:MARK|evil|script|everyone).*/g) }).toEqual({
        payload,
        outside: null,
      })
    }
  })
})
