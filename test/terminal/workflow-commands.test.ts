import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defuseCommands, guardCommands } from '../../src/terminal/workflow-commands.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'
import { runnerCommands, runnerPayloads } from '../helpers/github-runner.ts'

describe('what GitHub reads along', () => {
  it.each(runnerPayloads.filter((payload) => !payload.startsWith('%')))(
    '%j is a command until it is defused',
    (payload) => {
      expect(runnerCommands(payload)).not.toEqual([])
      expect(runnerCommands(defuseCommands(payload))).toEqual([])
    },
  )

  it('never is a command, whatever stands in it', () => {
    const parts = fc.array(
      fc.constantFrom(':', '::', '##[', '##', '[', ']', '\n', '\r', ' ', '\u0085', '\u2028', 'error', 'add-mask', 'x'),
    )
    fc.assert(
      fc.property(parts, (texts) => {
        expect(runnerCommands(defuseCommands(texts.join('')))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps every other text as it is', () => {
    const text = 'std::string a::b [x] ## heading\n  : a\n'
    expect(defuseCommands(text)).toBe(text)
  })

  it('goes through a sink that is otherwise the same', async () => {
    const screen = createFakeScreen({ columns: 60 })
    const guarded = guardCommands(screen.stdout)
    await guarded.write('::error::x\n')
    expect(screen.out()).toBe(': :error::x\n')
    expect(guarded.columns).toBe(60)
  })
})
