/** What the lab tells people: what is wrong and what to do next. Anything else thrown here is a fault of the lab. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
