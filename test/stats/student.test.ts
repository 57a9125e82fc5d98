import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../src/stats/normal.ts'
import { logGamma, studentProbability, studentQuantile, studentTwoSided } from '../../src/stats/student.ts'

function relativeError(got: number, expected: number): number {
  return Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300)
}

describe('studentQuantile', () => {
  // R 4: qt(p, df).
  it.each([
    [0.975, 1, 12.7062047361747],
    [0.975, 2, 4.30265272974946],
    [0.975, 3, 3.18244630528371],
    [0.975, 5, 2.57058183563631],
    [0.975, 10, 2.22813885198627],
    [0.975, 30, 2.04227245630124],
    [0.975, 100, 1.98397151852355],
  ])('of %d with %d degrees of freedom is what R gives', (p, df, expected) => {
    expect(relativeError(studentQuantile(p, df), expected)).toBeLessThan(1e-12)
  })

  // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
  it.each([
    [0.9, 5, 1.476],
    [0.95, 5, 2.015],
    [0.99, 5, 3.365],
    [0.995, 10, 3.169],
    [0.999, 20, 3.552],
    [0.975, 60, 2.0],
    [0.99, 100, 2.364],
  ])('of %d with %d degrees of freedom agrees with the table of the NIST handbook', (p, df, expected) => {
    expect(studentQuantile(p, df)).toBeCloseTo(expected, 3)
  })

  // scipy 1.17.1: scipy.stats.t.ppf(p, df).
  const scipy: readonly (readonly [number, readonly (readonly [number, number])[]])[] = [
    [
      0.6,
      [
        [1, 0.32491969623290634],
        [4.5, 0.2687518355421751],
        [29, 0.25568363457125604],
        [999, 0.2534145833303675],
        [1001, 0.25341444848349826],
        [1e6, 0.25334717053784184],
      ],
    ],
    [
      0.975,
      [
        [4.5, 2.6589123472044034],
        [29, 2.045229642132703],
        [999, 1.9623414611334493],
        [1001, 1.9623367052808798],
        [1e6, 1.959966356814107],
      ],
    ],
    [
      0.9995,
      [
        [1, 636.6192487687897],
        [2, 31.599054576445365],
        [3, 12.923978636687961],
        [9, 4.780912585931217],
        [999, 3.3002924403987666],
        [1001, 3.3002728760660403],
      ],
    ],
    [
      0.999999,
      [
        [3, 103.29946777942898],
        [4.5, 31.081356582949844],
        [29, 5.917105540449102],
        [999, 4.781636978824167],
      ],
    ],
  ]
  it.each(scipy.flatMap(([p, values]) => values.map(([df, expected]) => [p, df, expected] as const)))(
    'of %d with %d degrees of freedom agrees with scipy to ten digits',
    (p, df, expected) => {
      expect(relativeError(studentQuantile(p, df), expected)).toBeLessThan(1e-10)
    },
  )

  it('is symmetric around one half', () => {
    expect(studentQuantile(0.5, 7)).toBe(0)
    expect(studentQuantile(0.025, 7)).toBeCloseTo(-studentQuantile(0.975, 7), 12)
  })

  it('undoes studentProbability', () => {
    for (const df of [1.5, 3, 8, 64, 700]) {
      for (const t of [0.01, 0.5, 1, 2, 5]) {
        expect(relativeError(studentQuantile(studentProbability(t, df), df), t)).toBeLessThan(1e-8)
      }
    }
  })
})

describe('studentProbability', () => {
  // scipy 1.17.1: scipy.stats.t.cdf(t, df).
  it.each([
    [0, 3, 0.5],
    [1, 1, 0.75],
    [1, 5, 0.8183912661754386],
    [2.5, 7, 0.9795038907071235],
    [-2.5, 7, 0.020496109292876444],
    [10, 3, 0.9989358004707929],
    [0.001, 40, 0.5003964568569713],
    [40, 4, 0.9999988329918387],
  ])('below %d with %d degrees of freedom agrees with scipy', (t, df, expected) => {
    expect(relativeError(studentProbability(t, df), expected)).toBeLessThan(1e-12)
  })
})

describe('normalQuantile', () => {
  // scipy 1.17.1: scipy.stats.norm.ppf(p).
  it.each([
    [1e-10, -6.361340902404056],
    [0.0001, -3.7190164854556804],
    [0.01, -2.3263478740408408],
    [0.025, -1.9599639845400545],
    [0.3, -0.5244005127080409],
    [0.8, 0.8416212335729143],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
  ])('of %d agrees with scipy', (p, expected) => {
    expect(relativeError(normalQuantile(p), expected)).toBeLessThan(1e-14)
  })

  it('of one half is zero', () => {
    expect(normalQuantile(0.5)).toBe(0)
  })
})

describe('logGamma', () => {
  // scipy 1.17.1: scipy.special.gammaln(x).
  it.each([
    [0.25, 1.2880225246980774],
    [0.5, 0.5723649429247],
    [1, 0],
    [1.5, -0.12078223763524526],
    [10, 12.801827480081469],
    [100.5, 361.43554046777757],
    [500, 2605.115850361734],
  ])('of %d agrees with scipy', (x, expected) => {
    expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-13 * Math.max(1, expected))
  })
})

describe('studentTwoSided', () => {
  // The first is R's documented t.test of the sleep data, paired: t = -4.0621, df = 9, p-value = 0.002833. All by scipy 1.17.1:
  // 2 * t.sf(t, df).
  it.each([
    [4.062127683382037, 9, 0.002832890197384273],
    [3.2, 9, 0.010831302589901321],
    [-3.2, 9, 0.010831302589901321],
    [12, 50, 2.462380625332543e-16],
    [0.1, 2000, 0.9203543478666578],
    [40, 3000, 8.660159549435764e-281],
    [0, 7, 1],
  ])('of t = %d with %d degrees of freedom is what SciPy gives', (t, df, expected) => {
    expect(relativeError(studentTwoSided(t, df), expected)).toBeLessThan(1e-9)
  })

  it('of no spread at all is 0', () => {
    expect(studentTwoSided(Number.POSITIVE_INFINITY, 9)).toBe(0)
    expect(studentTwoSided(1e200, 9)).toBe(0)
  })
})
