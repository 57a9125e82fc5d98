import { describe, expect, it } from 'vitest'
import { resolveColorLevel } from '../../src/terminal/color-level.ts'

describe('the colour level', () => {
  it.each([
    ['a terminal', {}, true, 8, 2],
    ['a terminal with all colours', {}, true, 24, 3],
    ['a terminal that says nothing of colours', {}, true, 1, 1],
    ['a pipe', {}, false, 24, 0],
    ['NO_COLOR on a terminal', { NO_COLOR: '1' }, true, 24, 0],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, 8, 2],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, false, 1, 1],
    ['FORCE_COLOR=3 in a pipe', { FORCE_COLOR: '3' }, false, 1, 3],
    ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, true, 24, 0],
    ['an empty FORCE_COLOR in a pipe', { FORCE_COLOR: '' }, false, 24, 0],
    ['both', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, 24, 0],
    ['a dumb terminal', { TERM: 'dumb' }, true, 24, 0],
    ['a dumb terminal with FORCE_COLOR', { TERM: 'dumb', FORCE_COLOR: '1' }, true, 24, 1],
  ])('of %s', (_name, env, isTTY, depth, level) => {
    expect(resolveColorLevel({ env, isTTY, depth })).toBe(level)
  })
})
