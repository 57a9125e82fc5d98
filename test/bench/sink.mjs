// A backend that takes everything and keeps nothing but counts: printed as JSON when its input ends. Its port is the first line.

import { createServer } from 'node:http'
import process from 'node:process'

const counts = { requests: 0, bytes: 0, spans: 0, metrics: 0, records: 0 }
const now = new Date().toISOString()

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  counts.requests++
  counts.bytes += body.length
  const [status, reply] = answer(request.method ?? '', new URL(request.url ?? '', 'http://sink'), body)
  response.writeHead(status, { 'content-type': 'application/vnd.api+json' })
  response.end(reply === undefined ? '' : JSON.stringify(reply))
})

/** @returns {[number, object?]} */
function answer(method, { pathname }, body) {
  if (method === 'GET') return [200, { data: [], meta: { after: '' } }]
  const { attributes = {} } = body.length === 0 ? {} : JSON.parse(body.toString()).data
  if (pathname.endsWith('/events')) {
    counts.spans += attributes.spans?.length ?? 0
    counts.metrics += attributes.metrics?.length ?? 0
    return [202]
  }
  if (pathname.endsWith('/batch_update')) {
    const records = attributes.insert_records ?? []
    counts.records += records.length
    return [200, { data: records.map(({ id }) => ({ id, type: 'datasets', attributes: { version: 1 } })) }]
  }
  if (method === 'PATCH') return [200]
  const [type = ''] = pathname.split('/').slice(-1)
  const names = { ...attributes, current_version: 0, created_at: now, updated_at: now }
  return [200, { data: { id: `00000000-0000-4000-8000-${type.length}00000000000`, type, attributes: names } }]
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : '')
})
process.stdin.resume().on('end', () => {
  console.log(JSON.stringify(counts))
  server.close()
  server.closeAllConnections()
})
