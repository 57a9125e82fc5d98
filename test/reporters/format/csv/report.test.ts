import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { csv } from '../../../../src/index.ts'
import { renderCsv } from '../../../../src/reporters/format/csv/report.ts'
import { showControl } from '../../../../src/reporters/format/show-control.ts'
import { failingExperiment } from '../../../helpers/failing-experiment.ts'
import { hostileTexts } from '../../../helpers/hostile.ts'
import { payloadExperiment } from '../../../helpers/payload-experiment.ts'
import { renderDocument } from '../../../helpers/render-document.ts'
import { tempFolder } from '../../../helpers/temp-folder.ts'

/** What our own datasets read of it. */
async function readBack(text: string) {
  const file = join(await tempFolder(), 'rows.csv')
  await writeFile(file, text)
  const records = []
  for await (const record of csv(pathToFileURL(file), { columns: { id: false, tags: false } })) records.push(record)
  return records
}

describe('a CSV report', () => {
  it('has a line for each row', async () => {
    const { view, ended } = failingExperiment()
    await expect(await renderDocument(renderCsv, view, ended)).toMatchFileSnapshot('report.csv')
  })

  it('is read back as it was written by our own csv()', async () => {
    const { view, ended } = failingExperiment()
    const records = await readBack(await renderDocument(renderCsv, view, ended))
    expect(records).toHaveLength(5)
    expect(records[1]).toMatchObject({
      input: '{"ticket":"I was charged twice in May"}',
      expectedOutput: 'billing',
      metadata: {
        key: 't-17',
        output: '{"label":"bug"}',
        'evaluation.correct': 'false',
        'evaluation.correct.reasoning': 'bug is not billing',
      },
    })
  })

  it('has a line for each row whatever stands in the data', async () => {
    for (const text of [...hostileTexts, 'a "quoted", text;\r\nwith\rbreaks', '\u0000', '"']) {
      const { view, ended } = payloadExperiment(text)
      const records = await readBack(await renderDocument(renderCsv, view, ended))
      expect({ text, records: records.length }).toEqual({ text, records: 3 })
      expect(records[0]?.input).toBe(text.replace(/(?![\t\n\r])\p{Control}|\p{Surrogate}/gu, showControl))
    }
  })

  it('D16: has no formula in its header', async () => {
    const { view, ended } = payloadExperiment('=1+1')
    const [header = ''] = (await renderDocument(renderCsv, view, ended)).split('\r\n')
    expect(header).toContain('evaluation.=1+1')
    expect(header.split(',').filter((cell) => /^"?[=+@-]/.test(cell))).toEqual([])
  })
})
