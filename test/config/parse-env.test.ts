import { describe, expect, it } from 'vitest'
import { parseEnvText } from '../../src/config/parse-env.ts'

function variables(text: string): { [name: string]: string } {
  return Object.fromEntries(parseEnvText(text).variables)
}

describe('parseEnvText', () => {
  it.each([
    ['A=1', '1'],
    ['  A = spaced out  ', 'spaced out'],
    ['export A=1', '1'],
    ['export   A=1', '1'],
    ['A=', ''],
    ['A=""', ''],
    ['A=x # a comment', 'x'],
    ['A=a=b', 'a=b'],
    ['A="# no comment" # a comment', '# no comment'],
    ['A="two\\nlines"', 'two\nlines'],
    ["A='as it\\nis'", 'as it\\nis'],
    ['A=`"both" \'quotes\'`', '"both" \'quotes\''],
    ['A="over\ntwo lines"', 'over\ntwo lines'],
    ['A="no=name\n# no comment"', 'no=name\n# no comment'],
    ['A=$B$(c)', '$B$(c)'],
    ['\ufeffA=1', '1'],
    ['A="x\r\ny"\r\n', 'x\ny'],
    ['A=日本', '日本'],
  ])('reads %j', (text, value) => {
    expect(parseEnvText(text)).toEqual({ variables: new Map([['A', value]]), badLines: [] })
  })

  it('lets the last of two assignments win', () => {
    expect(variables('A=1\nA=2')).toEqual({ A: '2' })
  })

  it('reads nothing from an empty text and from comments', () => {
    expect(parseEnvText('\n# A=1\n   # B=2\n')).toEqual({ variables: new Map(), badLines: [] })
  })

  it('leaves out lines that are no assignment, says which, and loses nothing around them', () => {
    const text = 'A=1\njust words\n\nB="x\ny"\n=no name\n{ "C": 1 }\ntwo words=1\nD=2'
    expect(variables(text)).toEqual({ A: '1', B: 'x\ny', D: '2' })
    expect(parseEnvText(text).badLines).toEqual([2, 6, 7, 8])
  })

  it('takes a quote that is never closed as a part of the value', () => {
    expect(parseEnvText('A="open\nB=2\nwords')).toEqual({
      variables: new Map([
        ['A', '"open'],
        ['B', '2'],
      ]),
      badLines: [3],
    })
  })
})
