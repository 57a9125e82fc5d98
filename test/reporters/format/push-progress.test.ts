import { describe, expect, it } from 'vitest'
import { renderPushProgress } from '../../../src/reporters/format/push-progress.ts'
import { plainColors } from '../../../src/terminal/colors.ts'

const head = { place: 'datadoghq.com', experiments: 1 }
const half = { accepted: 598, rejected: 2, total: 1200 }

function render(parts: Parameters<typeof renderPushProgress>[0], columns: number, experiments = 1): string {
  return renderPushProgress(parts, { ...head, experiments }, { colors: plainColors, columns, isColored: false })
}

describe('the progress of a push', () => {
  it('counts what was accepted and what was set aside, of all that there is', () => {
    expect(render([half], 80)).toBe(`${'━'.repeat(12)}${'─'.repeat(12)}  600/1,200 events to datadoghq.com`)
  })

  it('adds experiments up, and says how many of them have been begun', () => {
    const line = render([half, { accepted: 100, rejected: 0, total: 100 }], 100, 3)
    expect(line).toMatch(/ {2}700\/1,300 events to datadoghq\.com, 2 of 3 experiments$/)
  })

  it('has no bar before it knows how much there is, and none where there is no room', () => {
    expect(render([], 80)).toBe('0/0 events to datadoghq.com')
    expect(render([half], 40)).toBe('600/1,200 events to datadoghq.com')
    expect(render([half], 20)).toBe('600/1,200 events…')
  })
})
