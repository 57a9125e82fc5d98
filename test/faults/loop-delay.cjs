'use strict'

// Loaded before the tool: measures by how much the main thread's event loop is late, and writes that down at the end.

const { writeFileSync } = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { isMainThread } = require('node:worker_threads')

if (isMainThread && process.env.LOOP_DELAY !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  process.on('exit', () =>
    writeFileSync(process.env.LOOP_DELAY, JSON.stringify({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 })),
  )
}
