import { describe, expect, it } from 'vitest'
import { loadColors, plainColors } from '../../src/terminal/colors.ts'

describe('colours', () => {
  it('are none at level 0', async () => {
    expect(await loadColors(0)).toBe(plainColors)
    expect(plainColors.red(plainColors.bold('text'))).toBe('text')
  })

  it('are there at level 1, whatever the environment says', async () => {
    const colors = await loadColors(1)
    expect(colors.red('text')).toBe('\u001b[31mtext\u001b[39m')
  })
})
