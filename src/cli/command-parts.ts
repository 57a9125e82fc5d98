import { Option } from 'commander'
import { environmentName } from '../config/options.ts'

/** What an experiment of the store may be named by. */
export const EXPERIMENT =
  "an id, the beginning of one, latest, latest:<name>, a path, or the backend's id of it or the link to it there"

export const STORE_VARIABLE = environmentName('store')

export function storeOption(): Option {
  return new Option('--store <dir>', 'folder of the local store').env(STORE_VARIABLE)
}
