import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createSink } from '../../src/terminal/sink.ts'

const options = { name: 'stdout', colorLevel: 0 } as const

/** A stream whose every write fails. */
function failing(code: string): Writable {
  return new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  })
}

describe('a sink', () => {
  it('writes', async () => {
    const stream = new PassThrough()
    const sink = createSink(stream, options)
    await sink.write('a')
    await sink.write('b')
    await sink.flush()
    expect(stream.read().toString()).toBe('ab')
  })

  it.each(['EPIPE', 'EIO', 'EBADF'])('falls silent when its reader is gone (%s)', async (code) => {
    const sink = createSink(failing(code), options)
    await sink.write('a')
    await sink.flush()
    await sink.write('b')
    await expect(sink.flush()).resolves.toBeUndefined()
  })

  it('says at the flush when it could not write', async () => {
    const sink = createSink(failing('ENOSPC'), options)
    await sink.write('a')
    await expect(sink.flush()).rejects.toMatchObject({
      code: 'E_REPORTER',
      message: 'cannot write to stdout: write ENOSPC',
    })
  })

  it('makes who writes wait while the stream takes no more', async () => {
    const stream = new PassThrough({ highWaterMark: 4 })
    const sink = createSink(stream, options)
    const order: string[] = []
    const written = Promise.resolve(sink.write('more than four')).then(() => order.push('written'))
    order.push(`read ${stream.read().toString()}`)
    await written
    expect(order).toEqual(['read more than four', 'written'])
  })

  it('lets who waits go on when the stream is closed', async () => {
    const stream = new PassThrough({ highWaterMark: 4 })
    const sink = createSink(stream, options)
    const written = sink.write('more than four')
    stream.destroy()
    await expect(written).resolves.toBeUndefined()
    expect(sink.write('after')).toBeUndefined()
    await expect(sink.flush()).resolves.toBeUndefined()
  })

  it('has no width where there is no terminal', () => {
    expect(createSink(new PassThrough(), options)).toMatchObject({ isTTY: false, columns: 0 })
  })

  it('follows the size of its terminal', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
    const sink = createSink(terminal, options)
    expect(sink).toMatchObject({ columns: 80, rows: 24 })
    Object.assign(terminal, { columns: 40, rows: 10 })
    expect(sink).toMatchObject({ columns: 40, rows: 10 })
  })
})
