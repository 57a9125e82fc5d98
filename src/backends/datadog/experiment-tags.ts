import type { PushedExperiment } from '../../model/backend.ts'
import type { Project } from './projects.ts'
import { mergeTags } from './tags.ts'

/** The tag by which an experiment is found again, whoever made it. */
export function ownTag(experimentId: string): string {
  return `${OWN_TAG}:${experimentId}`
}

export const OWN_TAG = 'llmobs_exp_id'

/** Tags of the experiment itself. What the user says of Git holds; all else is as it is. */
export function experimentTags(experiment: PushedExperiment, userTags: readonly string[], project: Project): string[] {
  const { git = {} } = experiment
  const isGiven = (key: string): boolean => Object.hasOwn(experiment.tags, key)
  return mergeTags(userTags, {
    'llmobs_exp.version': experiment.toolVersion,
    project_name: project.name,
    dataset_name: experiment.dataset.name,
    experiment_name: experiment.name,
    'git.repository_url': isGiven('git.repository_url') ? undefined : git.repository,
    'git.commit.sha': isGiven('git.commit.sha') ? undefined : git.commit,
    project_id: project.id,
    [OWN_TAG]: experiment.experimentId,
    sample_size: experiment.sampleSize === undefined ? undefined : String(experiment.sampleSize),
  })
}
