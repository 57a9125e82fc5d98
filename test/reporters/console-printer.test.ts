import { describe, expect, it } from 'vitest'
import { createConsolePrinter } from '../../src/reporters/console-printer.ts'
import { createFakeScreen } from '../helpers/fake-screen.ts'

describe('the console printer', () => {
  it('writes what comes in one turn at once', async () => {
    let writes = 0
    const screen = createFakeScreen({ onWrite: () => void writes++ })
    const printer = createConsolePrinter(screen.stderr)
    for (let line = 0; line < 1000; line++) printer.push({ stream: 'stdout', text: `${line}\n` })
    await printer.finish()
    expect(writes).toBe(1)
    expect(screen.err()).toBe(Array.from({ length: 1000 }, (_, line) => `${line}\n`).join(''))
  })

  it('does not mix half a line of stdout with one of stderr', async () => {
    const screen = createFakeScreen()
    const printer = createConsolePrinter(screen.stderr)
    printer.push({ stream: 'stdout', text: 'out ' })
    printer.push({ stream: 'stderr', text: 'err ' })
    printer.push({ stream: 'stdout', text: 'more\n' })
    printer.push({ stream: 'stderr', text: 'more\n' })
    await printer.finish()
    expect(screen.err()).toBe('out more\nerr more\n')
  })

  it('leaves out and counts what a stuck terminal would pile up', async () => {
    let release = () => {}
    const screen = createFakeScreen({
      onWrite: (text) => (text === 'first\n' ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    })
    const printer = createConsolePrinter(screen.stderr)
    printer.push({ stream: 'stdout', text: 'first\n' })
    await new Promise(setImmediate)
    for (let chunk = 0; chunk < 20; chunk++) printer.push({ stream: 'stdout', text: `${'x'.repeat(999_999)}\n` })
    release()
    await printer.finish()
    expect(screen.err().length).toBeLessThan(8.4 * 1024 * 1024)
    expect(screen.err()).toMatch(/\n\(12,000,000 characters of console output left out\)\n$/)
  })
})
