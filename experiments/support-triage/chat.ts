import { z } from 'zod'

/** An endpoint that speaks OpenAI's chat completions: OpenAI itself, a gateway, or a model on your machine. */
export interface ChatEndpoint {
  readonly baseUrl: string
  /** Left out where the endpoint wants none. */
  readonly apiKey?: string
}

export interface ChatRequest {
  readonly model: string
  readonly temperature: number
  readonly system: string
  readonly prompt: string
  readonly signal: AbortSignal
}

export interface ChatReply {
  readonly text: string
  /** As the endpoint counts them; absent when it does not. */
  readonly tokens?: number
}

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ total_tokens: z.number() }).optional(),
})

/** @throws Error that says what to set when neither OPENAI_BASE_URL nor OPENAI_API_KEY is */
export function endpointFromEnvironment(): ChatEndpoint {
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey } = process.env
  if (!baseUrl && !apiKey) {
    throw new Error(
      'support-triage calls a model, and no endpoint is configured: set OPENAI_API_KEY to use OpenAI, or OPENAI_BASE_URL ' +
        'to use another OpenAI-compatible endpoint, such as http://localhost:11434/v1 (and both where it wants a key)',
    )
  }
  return { baseUrl: baseUrl || 'https://api.openai.com/v1', ...(apiKey ? { apiKey } : {}) }
}

export async function chat(
  endpoint: ChatEndpoint,
  { model, temperature, system, prompt, signal }: ChatRequest,
): Promise<ChatReply> {
  const response = await fetch(`${endpoint.baseUrl.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
    },
    body: JSON.stringify({
      model,
      temperature,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: prompt },
      ],
    }),
    signal,
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`the endpoint answered ${response.status}: ${body.slice(0, 500)}`)
  const { choices, usage } = completion.parse(JSON.parse(body))
  const text = choices[0]?.message.content ?? ''
  return usage === undefined ? { text } : { text, tokens: usage.total_tokens }
}
