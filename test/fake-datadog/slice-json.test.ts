import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceItems } from '../helpers/fake-datadog/slice-json.ts'

describe('the items of a list inside a JSON text', () => {
  it('are cut out exactly as they stand there', () => {
    const text = '{"a":{"x":"]}","list":[ {"n": 1.0, "s":"\\"],[{"} ,\n[1,\t[2]],"\\\\",-0e5 , null]},"list":[3]}'
    expect(sliceItems(text, 'a', 'list')).toEqual(['{"n": 1.0, "s":"\\"],[{"}', '[1,\t[2]]', '"\\\\"', '-0e5', 'null'])
    expect(sliceItems(text, 'list')).toEqual(['3'])
  })

  it.each(['{}', '{"list":{}}', '{"list":[]}', '{"list":[ ]}', '[]', '1', ''])('are none in %s', (text) => {
    expect(sliceItems(text, 'list')).toEqual([])
  })

  it('are those of the parsed text, however it is written', () => {
    const spaces = fc.constantFrom(undefined, 1, '\t', ' \n')
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.string(), spaces, (list, other, name, indent) => {
        const text = JSON.stringify({ other, [`x${name}`]: { 'li"st': list, other } }, undefined, indent)
        const items = sliceItems(text, `x${name}`, 'li"st')
        expect(items.map((item): unknown => JSON.parse(item))).toEqual(JSON.parse(JSON.stringify(list)))
        expect(items.every((item) => text.includes(item))).toBe(true)
      }),
    )
  })
})
