/**
 * TypeScript source with comments, and what stands between quotes, replaced by spaces. Every other character keeps its offset, so
 * that a place found here is the same place in the source.
 */
export function stripCode(source: string): string {
  const scan: Scan = { source, out: [...blank(source)], at: 0 }
  scanCode(scan, undefined)
  return scan.out.join('')
}

interface Scan {
  readonly source: string
  readonly out: string[]
  at: number
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

/** Copies code up to the brace that closes a `${`, or to the end. */
function scanCode(scan: Scan, closing: '}' | undefined): void {
  let depth = 0
  while (scan.at < scan.source.length) {
    const character = scan.source[scan.at] ?? ''
    const two = scan.source.slice(scan.at, scan.at + 2)
    if (two === '//') skip(scan, /\/\/[^\n]*/y)
    else if (two === '/*') skip(scan, /\/\*[\s\S]*?\*\//y)
    else if (character === "'" || character === '"') skipQuoted(scan, character)
    else if (character === '`') scanTemplate(scan)
    else if (character === '/' && startsRegExp(scan)) skip(scan, /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/y)
    else {
      if (character === '{') depth++
      if (character === '}' && depth-- === 0 && closing !== undefined) return
      copy(scan)
    }
  }
}

function scanTemplate(scan: Scan): void {
  copy(scan)
  while (scan.at < scan.source.length) {
    const character = scan.source[scan.at]
    if (character === '`') return copy(scan)
    if (character === '\\') scan.at += 2
    else if (character === '$' && scan.source[scan.at + 1] === '{') {
      copy(scan)
      copy(scan)
      scanCode(scan, '}')
      copy(scan)
    } else scan.at++
  }
}

function copy(scan: Scan): void {
  scan.out[scan.at] = scan.source[scan.at] ?? ''
  scan.at++
}

function skip(scan: Scan, pattern: RegExp): void {
  pattern.lastIndex = scan.at
  scan.at += Math.max(pattern.exec(scan.source)?.[0].length ?? 0, 1)
}

/** The quotes stay, so that an import can still be told from other words. */
function skipQuoted(scan: Scan, quote: string): void {
  copy(scan)
  while (scan.at < scan.source.length && scan.source[scan.at] !== quote)
    scan.at += scan.source[scan.at] === '\\' ? 2 : 1
  copy(scan)
}

/** A slash begins a regular expression where a value may stand. */
function startsRegExp({ out, at }: Scan): boolean {
  const before = out
    .slice(Math.max(0, at - 200), at)
    .join('')
    .trimEnd()
  return (
    before === '' || /[([{,;:=!&|?+*%<>~^-]$/.test(before) || /\b(?:return|typeof|case|in|of|do|else)$/.test(before)
  )
}
