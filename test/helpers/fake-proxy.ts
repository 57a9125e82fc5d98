import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listenLocally } from './listen-locally.ts'

/** A tunnel that was asked for. */
export interface ProxyConnect {
  /** `host:port`. */
  readonly target: string
  /** The value of the header `proxy-authorization`, undefined without. */
  readonly authorization: string | undefined
}

export interface FakeProxyOptions {
  /** `user:password` without which it says 407. */
  readonly credentials?: string
  /** The port of this machine to which a target leads; by default a target leads where it says. */
  readonly leadsTo?: (target: string) => number
}

/** A proxy for CONNECT on a port of this machine; all else it answers with 405. */
export interface FakeProxy {
  readonly url: string
  /** Every tunnel that was asked for, refused ones too. */
  readonly connects: readonly ProxyConnect[]
  close(): Promise<void>
}

export async function startProxy({ credentials, leadsTo }: FakeProxyOptions = {}): Promise<FakeProxy> {
  const connects: ProxyConnect[] = []
  const sockets = new Set<Duplex>()
  const server = createServer((_request, response) => response.writeHead(405).end())
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`

  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Duplex, head: Buffer) => {
    const authorization = headers['proxy-authorization']
    connects.push({ target: url, authorization })
    keep(sockets, client)
    if (wanted !== undefined && authorization !== wanted) {
      const lines = ['HTTP/1.1 407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="proxy"']
      client.end(`${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const { hostname, port } = new URL(`http://${url}`)
    const target = leadsTo === undefined ? connect(Number(port), hostname) : connect(leadsTo(url), '127.0.0.1')
    keep(sockets, target)
    join(client, target, head)
  })
  const port = await listenLocally(server)
  return {
    url: `http://127.0.0.1:${port}`,
    connects,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function keep(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
}

function join(client: Duplex, target: Socket, head: Buffer): void {
  target.on('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    target.write(head)
    client.pipe(target).pipe(client)
  })
  target.on('error', () => client.destroy())
  client.on('error', () => target.destroy())
}
