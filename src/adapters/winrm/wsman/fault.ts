import { type Problem, WinrmError } from '../problem.ts';
import { find, findAll, type XmlElement } from './document.ts';

/** Codes of `WSManFault` (winerror.h / wsmerror.h); the others are only shown. */
const PROBLEM_OF_CODE: Readonly<Record<number, Problem>> = {
  5: 'access-denied',
  995: 'shell-gone', // ERROR_OPERATION_ABORTED: the shell was ended meanwhile
  2147942405: 'access-denied', // E_ACCESSDENIED
  2147943395: 'shell-gone', // ERROR_OPERATION_ABORTED as HRESULT
  2150858793: 'timed-out', // ERROR_WSMAN_OPERATION_TIMEDOUT
  2150858815: 'quota', // ERROR_WSMAN_QUOTA_LIMIT
  2150858843: 'shell-gone', // ERROR_WSMAN_INVALID_SELECTORS
  2150859173: 'quota', // …_QUOTA_MAX_SHELLS
  2150859174: 'quota', // …_QUOTA_MAX_OPERATIONS
  2150859175: 'quota', // …_QUOTA_USER
  2150859176: 'quota', // …_QUOTA_SYSTEM
  2150859179: 'quota', // …_QUOTA_MAX_SHELLUSERS
  2150859180: 'access-denied', // …_REMOTESHELLS_NOT_ALLOWED
  2150859236: 'quota', // …_QUOTA_MAX_SHELLS_PPQ and its six neighbours
  2150859237: 'quota',
  2150859238: 'quota',
  2150859239: 'quota',
  2150859240: 'quota',
  2150859241: 'quota',
};

const PROBLEM_OF_SUBCODE: Readonly<Record<string, Problem>> = {
  AccessDenied: 'access-denied',
  InvalidSelectors: 'shell-gone',
  QuotaLimit: 'quota',
  TimedOut: 'timed-out',
};

/** The refusal in a SOAP body, or undefined when there is none. The host did not do what was asked for. */
export function faultIn(body: XmlElement): WinrmError | undefined {
  const fault = find(body, 'Fault');
  if (!fault) return undefined;
  const faultCode = codeOf(fault);
  const subcode = find(fault, 'Code', 'Subcode', 'Value')?.text.trim().replace(/^.*:/, '') ?? '';
  const problem = PROBLEM_OF_CODE[faultCode ?? -1] ?? PROBLEM_OF_SUBCODE[subcode] ?? 'fault';
  return new WinrmError(problem, reasonOf(fault), faultCode === undefined ? {} : { faultCode });
}

/** Newer hosts wrap some refusals in an `MSFT_WmiError` instead of a `WSManFault`. */
function codeOf(fault: XmlElement): number | undefined {
  const detail = find(fault, 'Detail');
  if (!detail) return undefined;
  const stated = findAll(detail, 'WSManFault')[0]?.attributes['Code'] ?? findAll(detail, 'error_Code')[0]?.text.trim();
  return stated !== undefined && /^\d{1,10}$/.test(stated) ? Number(stated) : undefined;
}

/** The innermost message says the most: a provider's fault stands inside the service's. */
function reasonOf(fault: XmlElement): string {
  const detail = find(fault, 'Detail');
  const told = [find(fault, 'Reason', 'Text'), ...(detail ? findAll(detail, 'Message') : [])];
  const lines = told.map((element) => oneLine(element?.text ?? '')).filter((line) => line !== '');
  return lines.at(-1)?.slice(0, 300) ?? 'the host refuses without a reason';
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
