import type { acceptRoles as english } from '../en/accept-roles.ts';

/** Teksty o rolach, które ludzie zmienili bez Zapasu. */
export const acceptRoles: Readonly<Record<keyof typeof english, string>> = {
  'runbook.accept-roles': 'Przyjęcie nowych ról',
  'command.accept-roles': 'Przyjmuje promowanie wykonane bez Zapasu i odcina stary serwer; zatwierdza druga osoba',
  'step.accept-roles.evidence.title': 'Ustalenie, kto przyjmuje zapisy i co ma tylko drugi serwer',
  'step.accept-roles.fence.title': 'Zatrzymanie starego serwera podstawowego i blokada jego startu',
  'step.accept-roles.record.title': 'Zapisanie promowanego serwera jako podstawowego',
  'step.accept-roles.writes.title': 'Ustalenie, co ma tylko stary serwer podstawowy',
  'finding.roles.found.title': 'Czym ten serwer jest teraz',
  'finding.roles.found.detail':
    '{state, select, primary {przyjmuje zapisy, na linii czasu {timeline}, w {lsn}} standby {zapasowy, na linii czasu {timeline}, w {lsn}} stopped {zatrzymany, na linii czasu {timeline}, w {lsn}} crashed {nie działa, na linii czasu {timeline}} absent {nie ma katalogu danych} other {nie można go zapytać ({state})}}',
  'finding.roles.found.next':
    '{verdict, select, unknown {Upewnij się, że ten serwer jest wyłączony i taki pozostanie.} other {Musi stanąć, zanim drugi zostanie zapisany jako podstawowy; przebieg sam go zatrzymuje.}}',
  'error.accept-roles.unproven.what':
    'Nie ma dowodu, że {host} zajął miejsce {other} ({detail}); nie zapisano żadnych ról i niczego nie zmieniono.',
  'error.accept-roles.unproven.hint':
    'Sprawdź, czym są oba serwery: zapas status {cluster, select, absent {<para>} other {{cluster}}}',
  'value.action.accept-roles': 'NOWE ROLE: serwer zapasowy promowano bez Zapasu i od teraz jest on podstawowym',
  'approval.text-accept-roles':
    '{person} zgłasza, że {standby} promowano bez Zapasu i że jest od teraz serwerem podstawowym pary {cluster} w placówce {site}. Tego, co ma tylko {primary}, nie będzie na nowym: następne przebiegi mogą zastąpić jego dane.',
  'approval.taken-alive':
    'Zapisy przyjmują oba serwery. {primary} zostanie najpierw zatrzymany; kto na nim pracuje, straci połączenie. To, co przyjął, zostaje na jego dysku.',
  'approval.taken-down': 'osiągalny, nie przyjmuje zapisów',
  'approval.loss-taken':
    '{kind, select, none {nic: stary serwer podstawowy nie ma niczego własnego} bounded {do {bytes} zapisanych danych, które ma tylko stary serwer podstawowy} other {nie wiadomo, co ma tylko stary serwer podstawowy}}',
  'approval.taken-text':
    '{kind, select, none {Żadne zapisane dane nie przepadną.} bounded {Do {bytes} zapisanych danych ma tylko stary serwer podstawowy. Na nowym ich nie będzie.} other {Nie da się ustalić, co ma tylko stary serwer podstawowy. Na nowym tego nie będzie.}}',
  'result.accept-roles': '{standby} jest teraz serwerem podstawowym, także dla Zapasu.',
  'result.next-accept-roles': 'Zrób z {primary} serwer zapasowy: {command}',
};
