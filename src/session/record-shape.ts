import { quoteText } from '../model/quote.ts'

/** What values of one place have been, gathered from one after another. */
export interface Shape {
  add(value: unknown): void
  /** As the members of a union of TypeScript types, cut where they are deep or wide; none before the first value. */
  types(): readonly string[]
}

const MAX_DEPTH = 3
const MAX_FIELDS = 8
/** Objects with more different keys are maps from data to values. */
const MAX_KNOWN_FIELDS = 100

interface Field {
  readonly shape: Shape
  count: number
}

/**
 * @example
 * const shape = createShape()
 * for (const value of [{ a: 1 }, { a: null, b: 'x' }]) shape.add(value)
 * shape.types() // ['{ a: number | null, b?: string }']
 */
export function createShape(depth = 0): Shape {
  const kinds = new Set<string>()
  const fields = new Map<string, Field>()
  let objects = 0
  let items: Shape | undefined

  const addObject = (value: object): void => {
    objects++
    for (const [key, member] of Object.entries(value)) {
      const known = fields.get(key)
      if (known === undefined && fields.size >= MAX_KNOWN_FIELDS) continue
      const field = known ?? { shape: createShape(depth + 1), count: 0 }
      field.count++
      field.shape.add(member)
      fields.set(key, field)
    }
  }
  return {
    add(value) {
      if (Array.isArray(value)) {
        items ??= createShape(depth + 1)
        for (const item of value.slice(0, MAX_KNOWN_FIELDS)) items.add(item)
      } else if (typeof value === 'object' && value !== null) addObject(value)
      else kinds.add(value === null ? 'null' : typeof value)
    },
    types() {
      const object = objects === 0 ? [] : [renderFields(fields, objects, depth)]
      const array = items === undefined ? [] : [renderArray(items.types())]
      // What may be missing is said last.
      const plain = [...kinds].filter((kind) => kind !== 'null')
      return [...object, ...array, ...plain, ...(kinds.has('null') ? ['null'] : [])]
    },
  }
}

function renderFields(fields: ReadonlyMap<string, Field>, objects: number, depth: number): string {
  if (depth >= MAX_DEPTH) return '{ … }'
  const all = [...fields].map(
    ([key, { shape, count }]) => `${renderKey(key)}${count < objects ? '?' : ''}: ${shape.types().join(' | ')}`,
  )
  if (all.length === 0) return '{}'
  const shown = all.slice(0, MAX_FIELDS)
  return `{ ${[...shown, ...(all.length > shown.length ? ['…'] : [])].join(', ')} }`
}

function renderKey(key: string): string {
  return /^[A-Za-z_$][\w$]{0,59}$/.test(key) ? key : quoteText(key)
}

function renderArray(types: readonly string[]): string {
  if (types.length === 0) return 'unknown[]'
  return types.length === 1 ? `${types[0]}[]` : `(${types.join(' | ')})[]`
}
