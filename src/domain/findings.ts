/**
 * Everything a checklist can say. Each id has three texts in every language: `title`, `detail` (chosen by the verdict) and
 * `next` (the command or the act that mends it). Ids are never renamed.
 */
export const FINDINGS = [
  'os.type', // M02
  'os.version', // M03
  'link.speed', // M04
  'incremental-backup', // M05, H48
  'disk.space', // H36
  'walsenders', // H37
  'slots', // H37
  'parameters', // H16
  'version.minor', // H40
  'certificate.files', // M11, M14
  'certificate.expiry',
  'backup-login', // M15
  'data-directory', // H31
  'tablespaces', // H35
  'port.reachable', // M09
  'clock.skew',
  'rewind-possible', // H3
  'archiving', // H8
  'sessions', // H47
  'primary.running',
  'primary.role',
  'standby.role',
  'streaming',
  'replay', // H16
  'lag',
  'slot.state', // H13, H14
  'timeline',
  'service.start-mode',
  'hot-standby', // H41
  'cascade', // H42
  'zero-loss', // H38
  'roles.found', // H46
  'ghost.writes', // H46
  'rebuild.way', // H1, H3
  'old-data',
  'redirect.move', // M24
  'rehearsal.left-over',
] as const;
export type FindingId = (typeof FINDINGS)[number];
