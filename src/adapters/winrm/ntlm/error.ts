/**
 * `malformed`: the bytes are no NTLM. `weak`: the host wants less than NTLMv2 with 128-bit sealing. `forged`: a message
 * does not carry the signature its sender would have given it.
 */
export type NtlmFailure = 'malformed' | 'weak' | 'forged';

/** What the NTLM module throws for bytes of the other side, whatever they are. */
export class NtlmError extends Error {
  readonly failure: NtlmFailure;

  constructor(failure: NtlmFailure, message: string) {
    super(message);
    this.name = 'NtlmError';
    this.failure = failure;
  }
}
