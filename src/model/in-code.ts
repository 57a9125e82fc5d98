/** The file of an experiment that code has handed over which did not say where it stands: it cannot be loaded again. */
export const IN_CODE = ''
