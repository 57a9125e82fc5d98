export { datasetList } from './dataset/list.ts'
export { datasetPull } from './dataset/pull.ts'
export { datasetPush } from './dataset/push.ts'
