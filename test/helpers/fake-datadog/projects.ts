import { type Answer, emptyAnswer, jsonAnswer, notFound } from './answers.ts'
import { type JsonObject, textAt } from './json.ts'
import { newestFirst, pageAnswer, takePage } from './paging.ts'
import { readAttributes, requiredText, textsAt } from './request-body.ts'
import type { Project } from './state.ts'
import { formatMicros, formatNanos } from './time.ts'
import { type Call, isVisible, type World } from './world.ts'

export const AUTHOR = { id: 'author-id' } as const

/** Hands out the project of that name, made now when there is none. */
export function createProject(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'projects')
  const name = requiredText(attributes, 'name')
  const known = liveProjects(world).find((project) => project.name === name)
  if (known !== undefined) return jsonAnswer(200, { data: renderProject(known, formatMicros) })
  const at = world.time.tick()
  const made = { name, description: textAt(attributes, 'description'), createdAt: at, updatedAt: at }
  const project: Project = { id: world.random.uuid(), deletedAt: undefined, ...made }
  world.state.projects.set(project.id, project)
  return jsonAnswer(200, { data: renderProject(project, formatNanos) })
}

export function listProjects(world: World, call: Call): Answer {
  const ids = call.query.getAll('filter[id]')
  const name = call.query.get('filter[name]')
  const found = liveProjects(world)
    .filter(({ createdAt }) => isVisible(world, createdAt))
    .filter((project) => ids.length === 0 || ids.includes(project.id))
    .filter((project) => name === null || project.name === name)
  const { items, after } = takePage(world, call, newestFirst(world, found))
  const rendered = items.map((project) => renderProject(project, formatMicros))
  return pageAnswer(rendered, after)
}

export function updateProject(world: World, call: Call): Answer {
  const attributes = readAttributes(call, 'projects')
  const project = findProject(world, call.params.project ?? '')
  const changed: Project = {
    ...project,
    name: textAt(attributes, 'name') || project.name,
    description: textAt(attributes, 'description') || project.description,
    updatedAt: world.time.tick(),
  }
  world.state.projects.set(project.id, changed)
  return jsonAnswer(200, { data: renderProject(changed, formatNanos) })
}

export function deleteProjects(world: World, call: Call): Answer {
  const ids = textsAt(readAttributes(call, 'projects'), 'project_ids')
  const projects = ids.map((id) => findProject(world, id))
  for (const project of projects) world.state.projects.set(project.id, { ...project, deletedAt: world.time.tick() })
  return emptyAnswer(204)
}

/** The project of that id, or a refusal. */
export function findProject(world: World, id: string): Project {
  const project = world.state.projects.get(id)
  if (project === undefined || project.deletedAt !== undefined) throw notFound()
  return project
}

function liveProjects({ state }: World): Project[] {
  return [...state.projects.values()].filter(({ deletedAt }) => deletedAt === undefined)
}

function renderProject(project: Project, format: (nanos: bigint) => string): JsonObject {
  const { id, name, createdAt, updatedAt } = project
  const times = { created_at: format(createdAt), updated_at: format(updatedAt) }
  return { id, type: 'projects', attributes: { author: AUTHOR, name, ...times } }
}
