'use strict'

// Loaded before the tool (node --require): stands between it and the file system, for everything under one folder. Counts what is
// asked of it, and records it, fails it, or kills the process at it. Never part of the product.
//
// DISK_FAULT is JSON: `folder`, and `record` (a file for what was asked, a line each), or `at` (the number of a call, from 1) with
// `error` (such as EIO) and `forGood` (all later ones fail too), or with `kill` (`before` or `after` it).

const { dirname } = require('node:path')
const { isMainThread } = require('node:worker_threads')

const aboveCalls = new Set(['openSync', 'fsyncSync', 'closeSync'])

if (isMainThread && process.env.DISK_FAULT !== undefined) install(JSON.parse(process.env.DISK_FAULT))

function install({ folder, record, at = 0, error, forGood = false, kill }) {
  const fs = require('node:fs')
  const promises = require('node:fs/promises')
  const real = { ...fs }
  const recordFd = record === undefined ? undefined : real.openSync(record, 'a')
  /** Paths of open files, by descriptor. */
  const paths = new Map()
  let calls = 0

  const above = dirname(folder)
  const isOurs = (path) => typeof path === 'string' && (path === folder || path.startsWith(`${folder}/`))
  const pathOf = (target) => (typeof target === 'number' ? paths.get(target) : target)
  const note = (entry) => {
    if (recordFd !== undefined) real.writeSync(recordFd, `${JSON.stringify({ number: calls, ...entry })}\n`)
  }
  const die = () => {
    process.kill(process.pid, 'SIGKILL')
    // The signal is there before the call has returned, as far as anybody can tell.
    for (;;) real.readSync(real.openSync('/dev/zero', 'r'), Buffer.alloc(1))
  }
  /** Undefined where the call is to be made. */
  const failure = (name, path) => {
    calls++
    if (calls === at && kill === 'before') die()
    if (error === undefined || (forGood ? calls < at : calls !== at)) return undefined
    return Object.assign(new Error(`${error}: made to fail, ${name} '${path}'`), { code: error, syscall: name, path })
  }
  const made = () => {
    if (calls === at && kill === 'after') die()
  }

  /** Wraps a function whose first argument names a file, by path or by descriptor. */
  const wrap = (name, describe = () => ({})) => {
    fs[name] = (...args) => {
      const path = pathOf(args[0])
      // The folder above has the name of this one, which is to be synced too.
      const isAbove = path === above && aboveCalls.has(name)
      if (!isOurs(path) && !isAbove) return real[name](...args)
      const thrown = failure(name, path)
      if (thrown !== undefined) throw thrown
      const before = describe(args, path)
      const result = real[name](...args)
      note({ call: name, path, ...before, ...(name === 'mkdirSync' && result !== undefined ? { first: result } : {}) })
      if (name === 'openSync') paths.set(result, path)
      if (name === 'closeSync') paths.delete(args[0])
      made()
      return result
    }
  }

  const exists = (path) => real.existsSync(path)
  wrap('openSync', ([path, flags = 'r']) => ({ flags, isNew: !exists(path) }))
  wrap('closeSync')
  wrap('writeSync', ([, data, start = 0]) => ({ data: Buffer.from(data).subarray(start).toString('base64') }))
  const writeWhole = (path, data, { flag = 'w', mode, flush = false } = {}) => {
    const fd = fs.openSync(path, flag, mode)
    try {
      fs.writeSync(fd, data)
      if (flush) fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  }
  // By its parts, which Node leaves out now and then.
  fs.writeFileSync = (target, data, options) => {
    if (!isOurs(pathOf(target))) return real.writeFileSync(target, data, options)
    if (typeof target === 'number') fs.writeSync(target, data)
    else writeWhole(target, data, typeof options === 'object' ? options : {})
  }
  wrap('fsyncSync')
  wrap('fdatasyncSync')
  wrap('renameSync', ([, to]) => ({ to }))
  wrap('mkdirSync', ([path]) => ({ isNew: !exists(path) }))
  wrap('unlinkSync')
  wrap('rmSync')
  wrap('truncateSync', ([, size]) => ({ size }))
  wrap('utimesSync')
  wrap('copyFileSync', ([, to]) => ({ to }))
  for (const name of ['readFileSync', 'readSync', 'fstatSync', 'statSync', 'readdirSync']) wrap(name)

  fs.fdatasync = (fd, callback) => {
    const path = paths.get(fd)
    if (!isOurs(path)) return real.fdatasync(fd, callback)
    const thrown = failure('fdatasync', path)
    if (thrown !== undefined) return void setImmediate(callback, thrown)
    const call = calls
    note({ call: 'fdatasync-begin', path, of: call })
    real.fdatasync(fd, (problem) => {
      note({ call: 'fdatasync-end', path, of: call })
      callback(problem)
    })
    made()
  }

  promises.open = wrapOpen(promises.open)

  function wrapOpen(open) {
    return async (path, ...args) => {
      if (!isOurs(path)) return open(path, ...args)
      const thrown = failure('open', path)
      if (thrown !== undefined) throw thrown
      note({ call: 'open', path })
      const handle = await open(path, ...args)
      for (const name of ['read', 'stat']) wrapMethod(handle, name, path)
      return handle
    }
  }

  function wrapMethod(handle, name, path) {
    const method = handle[name].bind(handle)
    handle[name] = async (...args) => {
      const thrown = failure(name, path)
      if (thrown !== undefined) throw thrown
      note({ call: name, path })
      return method(...args)
    }
  }

  require('node:module').syncBuiltinESMExports()
}
