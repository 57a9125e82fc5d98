import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFileOutput } from '../../src/reporters/file-output.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

describe('a report file', () => {
  it('appears when it is complete', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'report.json')
    await writeFile(path, 'old')
    const output = await createFileOutput(path)
    await output.write('new ')
    await output.write('text')
    expect(await readFile(path, 'utf8')).toBe('old')
    await output.finish()
    expect(await readFile(path, 'utf8')).toBe('new text')
    expect(await readdir(folder)).toEqual(['report.json'])
  })

  it('leaves nothing behind when nothing was written', async () => {
    const folder = await tempFolder()
    await createFileOutput(join(folder, 'report.json'))
    expect(await readdir(folder)).toEqual([])
  })

  it('makes the folders it needs', async () => {
    const path = join(await tempFolder(), 'a', 'b', 'report.json')
    const output = await createFileOutput(path)
    await output.finish()
    expect(await readFile(path, 'utf8')).toBe('')
  })

  it('K5 refuses to write through a symbolic link', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'precious'), 'precious')
    await symlink(join(folder, 'precious'), join(folder, 'report.json'))
    await expect(createFileOutput(join(folder, 'report.json'))).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('which is a symbolic link'),
    })
  })

  it('K5 does not write through a link that is planted while it is being written', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'report.json')
    await writeFile(join(folder, 'precious'), 'precious')
    const output = await createFileOutput(path)
    await output.write('report')
    await symlink(join(folder, 'precious'), path)
    await output.finish()
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious')
    expect(await readFile(path, 'utf8')).toBe('report')
  })

  it('refuses a folder, a device, and a folder that is none', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(createFileOutput(folder)).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('which is a folder'),
    })
    await expect(createFileOutput('/dev/null')).rejects.toMatchObject({ code: 'E_OPTION' })
    await expect(createFileOutput(join(folder, 'file', 'report.json'))).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringContaining('cannot write'),
    })
  })

  it('cleans up after itself when it cannot be put in its place', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'report.json')
    const output = await createFileOutput(path)
    await output.write('report')
    await mkdir(path)
    await expect(output.finish()).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['report.json'])
  })
})
