import type { Client } from './client.ts'
import { envelope, toText } from './json-text.ts'
import { readItems, unreadable } from './pages.ts'
import { apiPath } from './paths.ts'
import { readId, readText } from './reply.ts'

export interface Project {
  readonly id: string
  readonly name: string
}

/** The project of that name, made where there is none. */
export async function openProject(client: Client, name: string, signal: AbortSignal): Promise<Project> {
  const purpose = 'find or make the project'
  const body = envelope('projects', { name: toText(name), description: '""' })
  const reply = await client.send({ method: 'POST', path: apiPath(['projects']), body, purpose }, signal)
  const id = readId(reply.body, 'data', 'id')
  if (id === undefined) throw unreadable(`cannot ${purpose}: the answer has no id`)
  return { id, name }
}

/** The project of exactly that name; undefined where there is none. */
export async function findProject(client: Client, name: string, signal: AbortSignal): Promise<Project | undefined> {
  const query = { 'filter[name]': name }
  for await (const items of readItems(client, { parts: ['projects'], query, purpose: 'find the project' }, signal)) {
    for (const item of items) {
      const id = readId(item, 'id')
      if (id !== undefined && readText(item, 'attributes', 'name') === name) return { id, name }
    }
  }
  return undefined
}

/** Their names. */
export async function* listProjects(client: Client, signal: AbortSignal): AsyncGenerator<string, void> {
  for await (const items of readItems(client, { parts: ['projects'], purpose: 'list the projects' }, signal)) {
    yield* items.flatMap((item) => readText(item, 'attributes', 'name') ?? [])
  }
}

/** The least that shows whether Datadog is there and takes the keys. */
export async function askForProjects(client: Client, signal: AbortSignal): Promise<void> {
  const path = apiPath(['projects'], { 'page[limit]': 1 })
  await client.send({ method: 'GET', path, purpose: 'look at the projects' }, signal)
}
