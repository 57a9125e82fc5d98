import { describe, expect, it } from 'vitest'
import { checkBackend } from '../../src/cli/check-backend.ts'
import { type Backend, BackendError, type BackendFailure } from '../../src/model/backend.ts'

const { signal } = new AbortController()

function backendWith(check: Backend['check']): Backend {
  return {
    name: 'fake',
    place: 'example.com',
    check,
    open: () => Promise.reject(new Error('it is not opened')),
    close: () => Promise.resolve(),
  }
}

function failing(failure: BackendFailure): Backend {
  return backendWith(() => Promise.reject(new BackendError('it said no', failure)))
}

describe('checkBackend', () => {
  it('is content with a backend that answers', async () => {
    const backend = backendWith(() => Promise.resolve())
    expect(await checkBackend(backend, { signal })).toEqual({ status: 'ready' })
  })

  it.each(['unreachable', 'limited'] as const)('takes one that is %s for one that may answer later', async (kind) => {
    expect(await checkBackend(failing({ kind }), { signal })).toEqual({ status: 'unreachable', reason: 'it said no' })
  })

  it.each(['refused', 'invalid', 'too-large'] as const)(
    'takes one that finds it %s for one that never will',
    async (kind) => {
      await expect(checkBackend(failing({ kind }), { signal })).rejects.toMatchObject({
        code: 'E_BACKEND_REFUSED',
        message: 'it said no',
      })
    },
  )

  it('waits no longer than it has patience', async () => {
    const backend = backendWith(
      (given) =>
        new Promise((_resolve, reject) => {
          given.addEventListener('abort', () => reject(new BackendError('it was given up', { kind: 'unreachable' })))
        }),
    )
    expect(await checkBackend(backend, { signal, patience: 10 })).toEqual({
      status: 'unreachable',
      reason: 'example.com did not answer within 0.01 s',
    })
  })

  it('leaves it to whoever has given up to say so', async () => {
    const given = AbortSignal.abort()
    await expect(checkBackend(failing({ kind: 'unreachable' }), { signal: given })).rejects.toBeInstanceOf(BackendError)
  })
})
