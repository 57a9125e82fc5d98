import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { chat, endpointFromEnvironment } from '../../experiments/support-triage/chat.ts'
import { jsonl } from '../../src/datasets/jsonl.ts'
import { readTexts } from '../datasets/read-all.ts'

afterEach(() => vi.unstubAllEnvs())

interface Received {
  readonly url: string | undefined
  readonly authorization: string | undefined
  readonly body: unknown
}

/** A server that gives one answer and keeps what it was asked. */
async function serve(status: number, answer: string): Promise<{ baseUrl: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    received.push({
      url: request.url,
      authorization: request.headers.authorization,
      body: JSON.parse(await readBody(request)),
    })
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}/v1/`, received }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

const request = { model: 'small-1', temperature: 0, system: 'sort', prompt: 'it crashed' }

describe('the endpoint of support-triage', () => {
  it('is refused with what to set when nothing is set', () => {
    vi.stubEnv('OPENAI_API_KEY', '')
    vi.stubEnv('OPENAI_BASE_URL', '')
    expect(endpointFromEnvironment).toThrow(/set OPENAI_API_KEY .* or OPENAI_BASE_URL /)
  })

  it('is OpenAI when only a key is set, and another one that may want no key', () => {
    vi.stubEnv('OPENAI_API_KEY', 'k')
    vi.stubEnv('OPENAI_BASE_URL', '')
    expect(endpointFromEnvironment()).toEqual({ baseUrl: 'https://api.openai.com/v1', apiKey: 'k' })
    vi.stubEnv('OPENAI_API_KEY', '')
    vi.stubEnv('OPENAI_BASE_URL', 'http://localhost:1/v1')
    expect(endpointFromEnvironment()).toEqual({ baseUrl: 'http://localhost:1/v1' })
  })

  it('is asked as OpenAI is', async () => {
    const { baseUrl, received } = await serve(
      200,
      '{"choices":[{"message":{"role":"assistant","content":"bug"}}],"usage":{"total_tokens":12}}',
    )
    const signal = new AbortController().signal
    expect(await chat({ baseUrl, apiKey: 'k' }, { ...request, signal })).toEqual({ text: 'bug', tokens: 12 })
    expect(received).toEqual([
      {
        url: '/v1/chat/completions',
        authorization: 'Bearer k',
        body: {
          model: 'small-1',
          temperature: 0,
          messages: [
            { role: 'system', content: 'sort' },
            { role: 'user', content: 'it crashed' },
          ],
        },
      },
    ])
  })

  it('says what an endpoint answered that refuses', async () => {
    const { baseUrl } = await serve(429, '{"error":{"message":"slow down"}}')
    const asking = chat({ baseUrl }, { ...request, signal: new AbortController().signal })
    await expect(asking).rejects.toThrow('the endpoint answered 429: {"error":{"message":"slow down"}}')
  })

  it('is left when the signal is aborted', async () => {
    const { baseUrl } = await serve(200, '{}')
    const reason = new Error('timeout')
    await expect(chat({ baseUrl }, { ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('the tickets of support-triage', () => {
  it('are about 40, with ids, of all four labels', async () => {
    const file = fileURLToPath(new URL('../../experiments/support-triage.jsonl', import.meta.url))
    const texts = await readTexts(jsonl(file))
    expect(texts.length).toBeGreaterThanOrEqual(40)
    expect(texts.every(({ id }) => id !== undefined)).toBe(true)
    expect(new Set(texts.map(({ expectedOutput }) => expectedOutput))).toEqual(
      new Set(['"bug"', '"billing"', '"account"', '"other"']),
    )
  })
})
