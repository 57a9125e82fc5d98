import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { listenLocally } from '../listen-locally.ts'

/** A server that can go away and come back on its port. */
export interface Listener {
  readonly server: Server
  /** 0 before the first start. */
  readonly port: number
  /** Aborted when it stops. */
  readonly signal: AbortSignal
  start(): Promise<void>
  stop(): Promise<void>
}

export function createListener(tls: { readonly key: string; readonly cert: string } | undefined): Listener {
  const server = tls === undefined ? createServer() : createTlsServer({ ...tls })
  let port = 0
  let stopping = startSignal()
  return {
    server,
    get port() {
      return port
    },
    get signal() {
      return stopping.signal
    },
    async start() {
      stopping = startSignal()
      port = await listenLocally(server, port)
    },
    stop() {
      stopping.abort()
      if (!server.listening) return Promise.resolve()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Every request that waits listens to it. */
function startSignal(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}
