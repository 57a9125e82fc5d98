/** R's `mtcars$mpg` (Henderson & Velleman, Biometrics 37 (1981) 391–411). */
export const mpg = [
  21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9,
  21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4,
]

/** Differences of Student's sleep data (Student, Biometrika 6 (1908) 1–25; R's `sleep`). */
export const sleepDifferences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]
