import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../../../src/reporters/format/html/report.ts'
import { STYLE } from '../../../../src/reporters/format/html/style.ts'
import { hasExecuted, loadInChromium, pagePayloads } from '../../../helpers/chromium.ts'
import { failingExperiment } from '../../../helpers/failing-experiment.ts'
import { fakeRow, fakeRun, fakeView } from '../../../helpers/fake-view.ts'
import { isMissing } from '../../../helpers/foreign-tools.ts'
import { drivesTerminal, hostileTexts } from '../../../helpers/hostile.ts'
import { payloadExperiment } from '../../../helpers/payload-experiment.ts'
import { renderDocument } from '../../../helpers/render-document.ts'

/** The page without what it is made of itself: its tags and its style. */
function textOf(html: string): string {
  const tag =
    /<\/?(?:html|head|meta|title|style|body|h[123]|nav|ul|li|span|a|section|p|div|table|thead|tbody|tr|th|td|pre|details|summary|dl|dt|dd)(?: [a-zA-Z-]+="[^"<>]*")*>|<!doctype html>/g
  return html.replace(STYLE, '').replace(tag, '')
}

describe('an HTML page', () => {
  it('has verdicts, what changed, numbers, errors and rows', async () => {
    const { view, ended } = failingExperiment()
    const html = await renderDocument(renderHtml, view, ended)
    await expect(html).toMatchFileSnapshot('report.html')
    expect(textOf(html)).not.toMatch(/[<>]/)
  })

  it('leaves out rows that nobody would look through, and counts them', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => fakeRow({ key: `t-${index}` }))
    const html = await renderDocument(renderHtml, fakeView({ rows, runs: [fakeRun({ failingCount: 1000 })] }))
    expect(html.match(/<details>/g)).toHaveLength(300)
    expect(html).toContain('and 700 more that this page leaves out')
  })

  it.each([...pagePayloads, ...hostileTexts])('D15: %j is text, never markup', async (payload) => {
    const { view, ended } = payloadExperiment(payload)
    const html = await renderDocument(renderHtml, view, ended)
    expect(textOf(html)).not.toMatch(/[<>]/)
    expect(html.replace(STYLE, '')).not.toMatch(drivesTerminal)
    expect(html.match(/\s(?:href|src|srcdoc|action|on\w+)\s*=\s*"[^"#]/g)).toBeNull()
  })

  it('D15: a policy lets nothing into the page but its own style', async () => {
    const html = await renderDocument(renderHtml)
    const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? []
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'$/)
    expect(html).not.toMatch(/<(?:script|img|iframe|link|object|embed|form|base)\b/)
  })
})

describe.skipIf(isMissing('chromium-headless-shell'))('an HTML page in a browser', () => {
  const everyPayload = payloadExperiment(pagePayloads.join(' '))

  it('D15: runs no script of any payload, and shows each of them', { timeout: 180_000 }, async () => {
    const html = await renderDocument(renderHtml, everyPayload.view, everyPayload.ended)
    const loaded = await loadInChromium(html)
    expect(hasExecuted(loaded)).toBe(false)
    expect(loaded).not.toMatch(/<(?:script|img|iframe|svg|base|link|plaintext)\b/)
    expect(loaded).toContain('&lt;script&gt;document.documentElement')
  })

  it('D15: the payloads are live ones: as markup they run, unless the policy of the page forbids it', {
    timeout: 180_000,
  }, async () => {
    const html = await renderDocument(renderHtml)
    // One that leads away would take the mark with it.
    const scripts = pagePayloads.filter((payload) => !payload.includes('refresh'))
    const live = html.replace('</body>', `${scripts.join('\n')}</body>`)
    expect(hasExecuted(await loadInChromium(live.replace(/<meta http-equiv[^>]*>/, '')))).toBe(true)
    expect(hasExecuted(await loadInChromium(live))).toBe(false)
  })
})
