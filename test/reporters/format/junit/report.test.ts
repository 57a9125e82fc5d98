import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../../src/model/outcome.ts'
import { renderJunit } from '../../../../src/reporters/format/junit/report.ts'
import { timing } from '../../../helpers/events.ts'
import { failingExperiment } from '../../../helpers/failing-experiment.ts'
import { fakeInfo, fakeRow, fakeRun, fakeView, undelivered } from '../../../helpers/fake-view.ts'
import { isMissing } from '../../../helpers/foreign-tools.ts'
import { hostileTexts } from '../../../helpers/hostile.ts'
import { renderDocument } from '../../../helpers/render-document.ts'
import { findInXml, validateJunit } from '../../../helpers/xmllint.ts'

describe.skipIf(isMissing('xmllint'))('a JUnit report', () => {
  it('has a case for each row, and one for each thing that decides', async () => {
    const { view, ended } = failingExperiment()
    const xml = await renderDocument(renderJunit, view, ended)
    await validateJunit(xml)
    await expect(xml).toMatchFileSnapshot('report.xml')
  })

  it('counts what it has', async () => {
    const { view, ended } = failingExperiment()
    const xml = await renderDocument(renderJunit, view, ended)
    for (const [attribute, path] of [
      ['tests', 'testcase'],
      ['failures', 'testcase[failure]'],
      ['errors', 'testcase[error]'],
      ['skipped', 'testcase[skipped]'],
    ]) {
      const wrong = `count(//testsuite[@${attribute} != count(${path})])`
      expect({ [`${attribute}`]: await findInXml(xml, wrong) }).toEqual({ [`${attribute}`]: '0' })
    }
    expect(await findInXml(xml, 'count(//testcase)')).toBe('11')
  })

  it('has a suite for each run, and tells rows of the same record apart', async () => {
    const info = fakeInfo({ runs: 2 })
    const rows = [fakeRow(), fakeRow({ iteration: 2 })]
    const view = fakeView({ info, runs: [fakeRun(), fakeRun({ iteration: 2 })], rows })
    const reader = {
      ...view.reader,
      async *rows({ iteration }: { readonly iteration?: number }) {
        yield* rows.filter((row) => iteration === undefined || row.iteration === iteration)
      },
    }
    const xml = await renderDocument(renderJunit, { ...view, reader })
    await validateJunit(xml)
    expect(await findInXml(xml, 'string(//testsuite[1]/@name)')).toBe('support-triage · run 1')
    expect(await findInXml(xml, 'string(//testsuite[2]/testcase/@classname)')).toBe('support-triage · run 2')
  })

  it.each<[string, Outcome, string]>([
    [
      'was interrupted',
      { status: 'stopped', exitCode: 130, reason: { kind: 'signal', signal: 'SIGINT' }, failures: [] },
      'ended by SIGINT',
    ],
    [
      'was not started',
      {
        status: 'stopped',
        exitCode: 2,
        reason: {
          kind: 'not-started',
          error: { code: 'E_DATASET_EMPTY', name: 'LlmobsExpError', message: 'no record' },
        },
        failures: [],
      },
      'not started: no record',
    ],
  ])('has an error for an experiment that %s', async (_what, outcome, message) => {
    const xml = await renderDocument(renderJunit, fakeView({ rows: [fakeRow()] }), { outcome })
    await validateJunit(xml)
    expect(await findInXml(xml, 'string(//testcase[@name="runs to its end"]/error)')).toBe(message)
    expect(await findInXml(xml, 'count(//testcase[@name="t-17"])')).toBe(outcome.exitCode === 2 ? '0' : '1')
  })

  it('lets no threshold pass of which nothing is known', async () => {
    const info = fakeInfo({ thresholds: { correct: { min: 0.9 } } })
    const reason = { kind: 'signal', signal: 'SIGINT' } as const
    const outcome: Outcome = { status: 'stopped', exitCode: 130, reason, failures: [] }
    const xml = await renderDocument(renderJunit, fakeView({ info }), { info, outcome })
    expect(await findInXml(xml, 'string(//testcase[@name="threshold correct"]/error/@message)')).toContain('not judged')
  })

  it('has an error for what was not delivered', async () => {
    const xml = await renderDocument(renderJunit, fakeView(), { delivery: undelivered })
    await validateJunit(xml)
    expect(await findInXml(xml, 'string(//testcase[@name="is delivered"]/error)')).toContain('no answer from')
  })

  it('stays valid whatever stands in the data', async () => {
    const markup = [
      ']]></failure><testcase name="x"/>',
      '<!-- ',
      '&lt;&bogus;',
      '<![CDATA[',
      '"\'/>',
      '\ud800\uffff\u0000',
    ]
    const rows = [...hostileTexts, ...markup].map((text) =>
      fakeRow({
        key: text,
        record: { key: text, contentHash: '0011223344556677', input: JSON.stringify(text), expectedOutput: text },
        task: { ...timing, status: 'error', error: { code: 'E_TASK', name: text, message: text } },
        status: 'error',
      }),
    )
    const info = fakeInfo({ name: hostileTexts.join(''), file: markup.join('') })
    const xml = await renderDocument(renderJunit, fakeView({ info, rows }), { info })
    await validateJunit(xml)
    expect(await findInXml(xml, 'count(//testcase)')).toBe(String(rows.length + 1))
  })

  it('cuts values that nobody would read', async () => {
    const row = fakeRow({ record: { ...fakeRow().record, input: `"${'y'.repeat(100_000)}"` } })
    const xml = await renderDocument(renderJunit, fakeView({ rows: [row] }))
    expect(xml.length).toBeLessThan(10_000)
    expect(xml).toContain('… (96,002 more characters)')
  })
})
