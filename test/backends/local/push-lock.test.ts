import { existsSync, readdirSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LockState } from '../../../src/backends/local/lock.ts'
import { createPushLock } from '../../../src/backends/local/push-lock.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const clock = { now: () => Date.now() }
const owner = (pid: number) => ({ pid, host: 'here' })

async function open(isGone: (lock: LockState) => boolean = () => false) {
  const path = join(await tempFolder(), 'push.lock')
  return { path, lock: (pid: number) => createPushLock(path, { owner: owner(pid), isGone, clock }) }
}

const isPid = (pid: number) => (lock: LockState) => lock.status === 'held' && lock.owner.pid === pid

describe('the lock of a push', () => {
  it('names its owner, for its owner alone', async () => {
    const { path, lock } = await open()
    expect(lock(11).take()).toEqual({ status: 'taken' })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ pid: 11, host: 'here' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is held by one process at a time', async () => {
    const { lock } = await open()
    const first = lock(11)
    const second = lock(12)
    expect(first.take()).toEqual({ status: 'taken' })
    expect(first.take()).toEqual({ status: 'taken' })
    expect(second.take()).toEqual({ status: 'held', owner: 'process 11 on here' })
    first.release()
    expect(second.take()).toEqual({ status: 'taken' })
    expect(first.take()).toEqual({ status: 'held', owner: 'process 12 on here' })
  })

  it('leaves nothing behind', async () => {
    const { path, lock } = await open(isPid(11))
    lock(11).take()
    const second = lock(12)
    second.take()
    second.release()
    second.release()
    expect(readdirSync(dirname(path))).toEqual([])
  })

  it('is taken over from a process that is gone', async () => {
    const { path, lock } = await open(isPid(11))
    lock(11).take()
    expect(lock(12).take()).toEqual({ status: 'taken' })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ pid: 12, host: 'here' })
    expect(readdirSync(dirname(path))).toEqual(['push.lock'])
  })

  it('is taken over by one of two that find its owner gone', async () => {
    const { path, lock } = await open()
    writeFileSync(path, JSON.stringify(owner(11)))
    const other = lock(13)
    // Between the look at the lock and its removal another process is quicker.
    let looks = 0
    const isGone = (state: LockState): boolean => {
      const isOld = isPid(11)(state)
      if (isOld && ++looks === 1) {
        unlinkSync(path)
        expect(other.take()).toEqual({ status: 'taken' })
      }
      return isOld
    }
    const slow = createPushLock(path, { owner: owner(12), isGone, clock })
    expect(slow.take()).toEqual({ status: 'held', owner: 'process 13 on here' })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(owner(13))
    expect(readdirSync(dirname(path))).toEqual(['push.lock'])
  })

  it('is taken over where its owner has not shown itself for minutes, wherever that ran', async () => {
    const { path, lock } = await open()
    const first = lock(11)
    first.take()
    const wasShownBefore = (minutes: number): void => {
      const time = Date.now() / 1000 - minutes * 60
      utimesSync(path, time, time)
    }
    wasShownBefore(4)
    expect(lock(12).take()).toMatchObject({ status: 'held' })
    wasShownBefore(6)
    first.refresh()
    expect(lock(12).take()).toMatchObject({ status: 'held' })
    wasShownBefore(6)
    expect(lock(12).take()).toEqual({ status: 'taken' })
    first.release()
    expect(existsSync(path)).toBe(true)
  })

  it('is held by nobody knows whom when something else stands in it', async () => {
    const { path, lock } = await open(isPid(11))
    for (const text of ['', '{"pid":', '[]', '{"pid":"11","host":"here"}']) {
      writeFileSync(path, text)
      expect(lock(12).take()).toEqual({ status: 'held', owner: 'another process' })
    }
  })

  it('may vanish with its folder', async () => {
    const { path, lock } = await open()
    const first = lock(11)
    first.take()
    unlinkSync(path)
    first.refresh()
    first.release()
    expect(existsSync(path)).toBe(false)
  })
})
