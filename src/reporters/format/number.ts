/**
 * A number with four significant digits; whole numbers in full.
 * @example formatNumber(0.84213) // '0.8421'
 * @example formatNumber(12345.678) // '12,345.7'
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '?'
  const size = Math.abs(value)
  const isWhole = Number.isInteger(value)
  const isLarge = size >= (isWhole ? 1e15 : 1e9)
  if (isLarge || (size !== 0 && size < 1e-4)) return value.toExponential(3).replace(/\.?0+e/, 'e')
  if (isWhole) return group(String(value))
  return size >= 1000 ? group(value.toFixed(1)) : String(Number(value.toPrecision(4)))
}

/**
 * A share as per cent. Never rounds up to all or down to none.
 * @example formatPercent(0.8421) // '84.2 %'
 * @example formatPercent(0.99999) // '>99.9 %'
 */
export function formatPercent(share: number): string {
  return `${percentDigits(share)} %`
}

/** The same without the sign, for intervals. */
export function percentDigits(share: number): string {
  if (!Number.isFinite(share)) return '?'
  if (share < 1 && share > 0.9995) return '>99.9'
  if (share > 0 && share < 0.0005) return '<0.1'
  return (share * 100).toFixed(1)
}

/** A count with its noun. @example formatCount(1, 'row') // '1 row' */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${count === 1 ? noun : `${noun}s`}`
}

function group(digits: string): string {
  const [whole = '', fraction] = digits.split('.')
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
