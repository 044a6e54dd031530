/** NEGOTIATE flags of MS-NLMP 2.2.2.5; only those that this client speaks of. */
export const FLAG = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  key128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  key56: 0x8000_0000,
} as const;

/** Several flags as one unsigned number. */
export function union(...flags: readonly number[]): number {
  return flags.reduce((all, flag) => (all | flag) >>> 0, 0);
}

/** What this client offers. */
export const OFFERED = union(...Object.values(FLAG));

/** Without these there is no NTLMv2 with 128-bit signing and sealing, and this client goes no further. */
export const REQUIRED = union(
  FLAG.unicode,
  FLAG.sign,
  FLAG.seal,
  FLAG.ntlm,
  FLAG.extendedSessionSecurity,
  FLAG.targetInfo,
  FLAG.key128,
  FLAG.keyExchange,
);
