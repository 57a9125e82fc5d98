import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { captureConsole } from '../../../src/session/executors/thread-console.ts'

/** The two streams of a console, taken over, and what was told of them. */
function captured() {
  const stdout = new PassThrough({ decodeStrings: false })
  const stderr = new PassThrough({ decodeStrings: false })
  const told: [stream: string, text: string][] = []
  captureConsole({ stdout, stderr }, (stream, text) => told.push([stream, text]))
  return { stdout, stderr, told }
}

describe('the console of a thread', () => {
  it('tells each write at once, in the order in which both streams are written', () => {
    const { stdout, stderr, told } = captured()
    for (let round = 1; round <= 3; round++) {
      stdout.write(`out ${round}\n`)
      stderr.write(`err ${round}\n`)
    }
    expect(told.map(([stream, text]) => `${stream}: ${text.trim()}`)).toEqual([
      'stdout: out 1',
      'stderr: err 1',
      'stdout: out 2',
      'stderr: err 2',
      'stdout: out 3',
      'stderr: err 3',
    ])
  })

  it('puts characters together that are cut between two writes, and replaces what is no text', () => {
    const { stdout, told } = captured()
    const bytes = Buffer.from('日本\n')
    stdout.write(bytes.subarray(0, 4))
    stdout.write(bytes.subarray(4))
    stdout.write(Uint8Array.of(0xff, 0x41))
    stdout.write('0a', 'hex')
    expect(told.map(([, text]) => text).join('')).toBe('日本\n\ufffdA\n')
  })

  it('tells what was held back in order, and calls back', async () => {
    const { stdout, told } = captured()
    stdout.cork()
    stdout.write('a')
    stdout.write('b')
    const written = new Promise((resolve) => stdout.write('c', resolve))
    stdout.uncork()
    await written
    expect(told.map(([, text]) => text).join('')).toBe('abc')
  })
})
