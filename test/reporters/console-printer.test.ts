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

  it('says of each line which call it comes from, where that is known', async () => {
    const screen = createFakeScreen()
    const printer = createConsolePrinter(screen.stderr)
    const source = { what: 'the task', key: 'ticket\u001b[31m-17', iteration: 2 }
    printer.push({ stream: 'stdout', text: 'one\ntwo\nthree', source })
    printer.push({ stream: 'stdout', text: 'a summary\n', source: { what: 'summary evaluator sum', key: '' } })
    printer.push({ stream: 'stdout', text: 'of nobody\n' })
    await printer.finish()
    expect(screen.err()).toBe(
      '[ticket-17, run 2, task] one\n[ticket-17, run 2, task] two\n' +
        '[summary evaluator sum] a summary\nof nobody\n[ticket-17, run 2, task] three\n',
    )
  })

  it('does not mix half lines of different calls, and prints what a row has left when it is finished', async () => {
    const screen = createFakeScreen()
    const printer = createConsolePrinter(screen.stderr)
    const [a, b] = ['a', 'b'].map((key) => ({ what: 'the task', key, iteration: 1 }))
    for (const source of [a, b]) if (source !== undefined) printer.push({ stream: 'stdout', text: 'half ', source })
    if (a !== undefined) printer.push({ stream: 'stdout', text: 'a line\n', source: a })
    printer.rowFinished({ key: 'b', iteration: 2 })
    printer.rowFinished({ key: 'b', iteration: 1 })
    printer.push({ stream: 'stdout', text: 'later\n' })
    await printer.finish()
    expect(screen.err()).toBe('[a, run 1, task] half a line\n[b, run 1, task] half \nlater\n')
  })

  it('leaves out and counts what a stuck terminal would pile up', async () => {
    let release = () => {}
    const screen = createFakeScreen({
      onWrite: (text) => (text === 'first\n' ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    })
    const printer = createConsolePrinter(screen.stderr, 33_000)
    printer.push({ stream: 'stdout', text: 'first\n' })
    await new Promise(setImmediate)
    for (let chunk = 0; chunk < 40; chunk++) printer.push({ stream: 'stdout', text: `${'x'.repeat(999)}\n` })
    release()
    await printer.finish()
    expect(screen.err().length).toBeLessThan(33_100)
    expect(screen.err()).toMatch(/\n\(7,000 characters of console output left out\)\n$/)
  })
})
