const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/**
 * Bytes for people, in powers of 1000.
 * @example formatSize(512) // '512 B'
 * @example formatSize(12_400_000) // '12.4 MB'
 */
export function formatSize(bytes: number): string {
  let amount = bytes
  let unit = 0
  // From 999.5 on it would be written as 1000.
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2
  return `${amount.toFixed(digits)} ${UNITS[unit]}`
}
