/** Names of WS-Management (DMTF DSP0226) and of Windows' remote shell (MS-WSMV). */
export const NS = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  shell: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
} as const;

const TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer';

export const ACTION = {
  create: `${TRANSFER}/Create`,
  delete: `${TRANSFER}/Delete`,
  command: `${NS.shell}/Command`,
  receive: `${NS.shell}/Receive`,
  send: `${NS.shell}/Send`,
  signal: `${NS.shell}/Signal`,
} as const;

export const CMD_SHELL = `${NS.shell}/cmd`;
export const ANONYMOUS = `${NS.addressing}/role/anonymous`;
export const TERMINATE = `${NS.shell}/signal/terminate`;
export const STATE_DONE = `${NS.shell}/CommandState/Done`;
