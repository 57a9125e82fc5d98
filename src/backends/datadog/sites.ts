/** Where a site's API answers: `https://api.us3.datadoghq.com`. */
export function apiOrigin(site: string): string {
  return `https://api.${site}`
}

/** Where people look at things: `https://app.datadoghq.com`. Subdomains of an organisation are not known here. */
function appOrigin(site: string): string {
  if (site === 'datad0g.com') return 'https://dd.datad0g.com'
  return site.split('.').length === 2 ? `https://app.${site}` : `https://${site}`
}

export function experimentLink(site: string, experimentId: string): string {
  return `${appOrigin(site)}/llm/experiments/${encodeURIComponent(experimentId)}`
}

export function datasetLink(site: string, datasetId: string): string {
  return `${appOrigin(site)}/llm/datasets/${encodeURIComponent(datasetId)}`
}
