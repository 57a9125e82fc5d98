import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Answer, AnswerBody } from './answers.ts'
import { type Fault, pickFault } from './faults.ts'

/** Sends the answer as the faults have it; true when nothing of it is left to be sent. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
  faults: readonly Fault[],
  signal: AbortSignal,
): Promise<boolean> {
  const cut = pickFault(faults, 'truncate')
  const pace = pickFault(faults, 'trickle')
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  const length = isWhole ? { 'content-length': Buffer.byteLength(body) } : {}
  if (cut !== undefined && isWhole && Buffer.byteLength(body) === 0) {
    sendHalfHeaders(response, status)
    return false
  }
  response.writeHead(status, status === 204 ? headers : { ...headers, ...length })
  response.flushHeaders()
  let left = cut?.after ?? Number.POSITIVE_INFINITY
  for (const piece of piecesOf(body, pace === undefined ? Number.POSITIVE_INFINITY : pieceSize(pace.bytesPerSecond))) {
    if (pace !== undefined) await setTimeout((1000 * piece.length) / pace.bytesPerSecond, undefined, { signal })
    if (left <= 0 || response.destroyed) break
    await write(response, piece.subarray(0, left))
    left -= piece.length
  }
  if (response.destroyed) return false
  if (cut !== undefined) {
    response.socket?.destroySoon()
    return false
  }
  response.end()
  return true
}

/** Closes the connection so that the other side sees a reset where that is possible. */
export function closeConnection({ socket }: ServerResponse): void {
  if (socket === null) return
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

/** About 20 pieces a second, of a byte at least. */
function pieceSize(bytesPerSecond: number): number {
  return Math.max(1, Math.floor(bytesPerSecond / 20))
}

function* piecesOf(body: AnswerBody, size: number): Generator<Uint8Array> {
  const whole = typeof body === 'string' ? [Buffer.from(body)] : body instanceof Uint8Array ? [body] : body
  for (const bytes of whole) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
}

function sendHalfHeaders({ socket }: ServerResponse, status: number): void {
  socket?.end(`HTTP/1.1 ${status} Trunc`)
}

/** Waits for a client that reads slowly, as long as it is there. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || response.write(bytes)) {
      resolve()
      return
    }
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
