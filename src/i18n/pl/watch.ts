import type { watch as english } from '../en/watch.ts';

/** Alarmy, tablica wszystkich par, gotowość, podsumowania i wykresy. `cause` mówi, co jest nie tak, `next` – co z tym zrobić. */
export const watch: Readonly<Record<keyof typeof english, string>> = {
  'watch.primary.twice.title': 'dwa serwery przyjmują zapisy',
  'watch.primary.twice.cause':
    '{host} i {other} przyjmują zapisy jednocześnie (linie czasu {primary} i {standby}). Z każdą minutą różnią się bardziej.',
  'watch.primary.twice.next':
    'Zdecyduj, który z nich jest właściwy. Jeśli {other}, czyli promowany: zapas accept-roles {cluster} zatrzyma drugi, gdy zatwierdzi to druga osoba. Jeśli {host}, natychmiast zatrzymaj PostgreSQL na {other}: systemctl disable --now {service}. Niczego nie kasuj: to, co tam zapisano, może być potrzebne.',
  'watch.primary.old.title': 'dawny serwer podstawowy wrócił i przyjmuje zapisy',
  'watch.primary.old.cause':
    '{host} przyjmuje zapisy na linii czasu {standby}, obok nowego serwera podstawowego na linii {primary}. Kto tam jeszcze pracuje, pracuje na próżno.',
  'watch.primary.old.next':
    'Zatrzymaj go teraz: systemctl disable --now {service} na serwerze {host}. Niczego nie kasuj. Potem zrób z niego serwer zapasowy: zapas rebuild {cluster}',
  'watch.primary.moved.title': 'serwer zapasowy promowano bez Zapasu',
  'watch.primary.moved.cause':
    '{host} przyjmuje zapisy na linii czasu {timeline}. {state, select, standby {{other}, według Zapasu podstawowy, jest zapasowym.} unreachable {{other}, według Zapasu podstawowy, jest nieosiągalny.} other {{other}, według Zapasu podstawowy, nie działa.}}',
  'watch.primary.moved.next':
    'Jeśli tak ma być, powiadom o tym Zapas, bo inaczej jego procedury będą działać na niewłaściwym serwerze: zapas accept-roles {cluster}',
  'watch.site.unreachable.title': 'żaden z serwerów nie jest osiągalny',
  'watch.site.unreachable.cause':
    'Ani serwer podstawowy, ani zapasowy nie odpowiada Zapasowi, więc nikt tutaj nie wie, czy działają. {problem}',
  'watch.site.unreachable.next':
    'Zapytaj klienta o łącze, zasilanie i VPN. Gdy tylko któryś z serwerów odpowie, ten alarm powie więcej.',
  'watch.primary.silent.title': 'serwer podstawowy nie odpowiada',
  'watch.primary.silent.cause':
    '{state, select, unreachable {Nikt nie widzi serwera {host}: ani Zapas, ani serwer zapasowy.} stopped {PostgreSQL na serwerze {host} został zatrzymany.} crashed {PostgreSQL na serwerze {host} padł.} hung {PostgreSQL na serwerze {host} zawiesił się.} starting {PostgreSQL na serwerze {host} odtwarza dane i nie przyjmuje jeszcze połączeń.} stopping {PostgreSQL na serwerze {host} jest właśnie zatrzymywany.} absent {Na serwerze {host} nie ma katalogu danych.} other {PostgreSQL na serwerze {host} nie odpowiada.}} Nie można niczego zapisać.',
  'watch.primary.silent.next':
    'Zajmij się serwerem {host}. Jeśli nie wróci na czas: Przełącz awaryjnie albo zapas failover {cluster}; zanim cokolwiek się zmieni, zatwierdza to druga osoba.',
  'watch.primary.none.title': 'żaden serwer nie przyjmuje zapisów',
  'watch.primary.none.cause': 'Oba serwery działają jako zapasowe.',
  'watch.primary.none.next': 'Sprawdź, który z nich ma być podstawowy: zapas status {cluster}',
  'watch.primary.unreachable.title': 'Zapas nie może się zalogować na serwer podstawowy',
  'watch.primary.unreachable.cause':
    'PostgreSQL tam żyje, widzą go inni, ale Zapas nie ma wstępu na {host}: przy awarii nie da się go odciąć. {problem}',
  'watch.primary.unreachable.next':
    'Napraw drogę do serwera {host}: łącze, zaporę, konto. Potem: zapas status {cluster}',
  'watch.disk.full.title': 'dysk serwera {host} jest pełny',
  'watch.disk.full.cause': 'Zostało tylko {free}. Gdy PostgreSQL nie może pisać, staje.',
  'watch.disk.full.next': 'Zrób teraz miejsce na serwerze {host}, nigdy w pg_wal. Potem: zapas status {cluster}',
  'watch.disk.low.title': 'mało miejsca na serwerze {host}',
  'watch.disk.low.cause': 'Na wolumenie bazy zostało tylko {free}.',
  'watch.disk.low.next': 'Zrób miejsce na serwerze {host}, nigdy w pg_wal. Potem: zapas status {cluster}',
  'watch.disk.filling.title': 'dysk serwera {host} się zapełnia',
  'watch.disk.filling.cause':
    'Zostało {free}; w tym tempie wolumen zapełni się za {days, plural, =0 {niecały dzień} one {# dzień} few {# dni} many {# dni} other {# dnia}}.',
  'watch.disk.filling.next':
    'Sprawdź, co rośnie na serwerze {host}, i zrób miejsce na czas. Potem: zapas status {cluster}',
  'watch.standby.unreachable.title': 'Zapas nie widzi serwera zapasowego',
  'watch.standby.unreachable.cause': 'Nikt nie wie, czy {host} jeszcze nadąża. {problem}',
  'watch.standby.unreachable.next':
    'Napraw drogę do serwera {host}: zasilanie, łącze, zaporę. Potem: zapas status {cluster}',
  'watch.standby.absent.title': 'nie ma serwera zapasowego',
  'watch.standby.absent.cause':
    'Na serwerze {host} nie ma katalogu danych: gdy serwer podstawowy padnie, nie będzie komu go zastąpić.',
  'watch.standby.absent.next': 'Skonfiguruj go: zapas setup {cluster}',
  'watch.slot.lost.title': 'serwer zapasowy nigdy nie nadgoni',
  'watch.slot.lost.cause':
    'Jego slot {slot} przepadł: serwer podstawowy musiał trzymać dla niego więcej WAL, niż pozwala limit, i go wyrzucił.',
  'watch.slot.lost.next': 'Skopiuj serwer zapasowy od nowa: zapas rebuild {cluster}',
  'watch.standby.down.title': 'serwer zapasowy nie działa',
  'watch.standby.down.cause':
    '{state, select, stopped {PostgreSQL na serwerze {host} został zatrzymany.} crashed {PostgreSQL na serwerze {host} padł.} hung {PostgreSQL na serwerze {host} zawiesił się.} starting {PostgreSQL na serwerze {host} odtwarza dane i nie przyjmuje jeszcze połączeń.} stopping {PostgreSQL na serwerze {host} jest właśnie zatrzymywany.} other {PostgreSQL na serwerze {host} nie odpowiada.}} Dopóki nie działa, para nie ma rezerwy.',
  'watch.standby.down.next':
    'Uruchom go: systemctl start {service} na serwerze {host}. Dlaczego stanął: zapas logs {cluster} --host standby',
  'watch.timeline.differs.title': 'serwer zapasowy jest na innej linii czasu',
  'watch.timeline.differs.cause':
    'Serwer podstawowy pisze linię czasu {primary}, a {host} jest na linii {standby}: już za nim nie podąża.',
  'watch.timeline.differs.next': 'Zrób z niego znów serwer zapasowy: zapas rebuild {cluster}',
  'watch.parameters.low.title': 'odtwarzanie stoi: parametr jest za niski',
  'watch.parameters.low.cause':
    '{names}: na serwerze {host} mniej niż na podstawowym. {paused, select, yes {Odtwarzanie jest wstrzymane, choć serwer podstawowy wciąż mówi streaming.} other {Przy najbliższym uruchomieniu serwer zapasowy nie wstanie.}} Awans skończyłby się serwerem, który nie startuje.',
  'watch.parameters.low.next':
    'Podnieś {names} na serwerze {host} do wartości z serwera podstawowego i uruchom serwer zapasowy ponownie: systemctl restart {service}. Potem: zapas status {cluster}',
  'watch.replay.paused.title': 'odtwarzanie na serwerze zapasowym jest wstrzymane',
  'watch.replay.paused.cause': '{host} odbiera WAL, ale go nie odtwarza.',
  'watch.replay.paused.next':
    'Na serwerze {host}, jako administrator bazy: select pg_wal_replay_resume(). Kto wstrzymał: zapas logs {cluster} --host standby',
  'watch.link.cut.title': 'serwery nie widzą się nawzajem',
  'watch.link.cut.cause': 'Oba działają, ale {host} nie ma połączenia z serwerem {primary}: nic się nie replikuje.',
  'watch.link.cut.next':
    'Napraw łącze między nimi: kabel, przełącznik, zaporę, port bazy. Potem: zapas status {cluster}',
  'watch.standby.not-streaming.title': 'serwer zapasowy nie podąża za podstawowym',
  'watch.standby.not-streaming.cause': '{host} działa i widzi serwer podstawowy, ale nie odbiera WAL.',
  'watch.standby.not-streaming.next': 'Dlaczego: zapas logs {cluster} --host standby',
  'watch.hot-standby.off.title': 'serwer zapasowy nie przyjmuje połączeń',
  'watch.hot-standby.off.cause':
    'Na serwerze {host} parametr hot_standby jest wyłączony: może i nadąża, ale nikt nie widzi jak daleko, a przełączenie awaryjne byłoby zablokowane.',
  'watch.hot-standby.off.next':
    'Ustaw hot_standby = on na serwerze {host} i uruchom serwer zapasowy ponownie. Potem: zapas status {cluster}',
  'watch.slot.bound.title': 'serwer zapasowy może wkrótce przepaść',
  'watch.slot.bound.cause':
    'Serwer podstawowy trzyma WAL dla slotu {slot}; zostało {left} z {bound}. Potem trzeba będzie kopiować serwer zapasowy od nowa.',
  'watch.slot.bound.next':
    'Pozwól serwerowi zapasowemu nadgonić albo, póki jest miejsce, podnieś max_slot_wal_keep_size: zapas status {cluster}',
  'watch.lag.replay.title': 'serwer zapasowy jest opóźniony',
  'watch.lag.replay.cause': 'Ma do odtworzenia {bytes}, opóźnienie {seconds}.',
  'watch.lag.replay.next': 'Poszukaj długich zapytań na serwerze zapasowym i sprawdź jego dysk: zapas status {cluster}',
  'watch.lag.receive.title': 'łącze do serwera zapasowego jest za wolne',
  'watch.lag.receive.cause': '{bytes} jeszcze nie dotarło: tyle mogłoby przepaść.',
  'watch.lag.receive.next': 'Sprawdź łącze między serwerami: zapas check {cluster}',
  'watch.certificate.expires.title': 'kończy się certyfikat na serwerze {host}',
  'watch.certificate.expires.cause':
    '{path} jest ważny do {until}{days, plural, =0 {: do dziś} one {: jeszcze # dzień} few {: jeszcze # dni} many {: jeszcze # dni} other {: jeszcze # dnia}}. Potem serwer zapasowy już się nie połączy.',
  'watch.certificate.expires.next': 'Wystaw nowy i wgraj na serwer {host}. Potem: zapas check {cluster}',
  'watch.service.disabled.title': 'PostgreSQL na serwerze {host} nie startuje razem z systemem',
  'watch.service.disabled.cause': 'Usługa {service} nie jest włączona: po zaniku zasilania nie wstanie.',
  'watch.service.disabled.next': 'Na serwerze {host}: systemctl enable {service}',
  'watch.version.minor.title': 'dwie różne wersje PostgreSQL',
  'watch.version.minor.cause': 'Serwer podstawowy ma {primary}, zapasowy {standby}.',
  'watch.version.minor.next': 'Doprowadź oba do nowszej, najpierw zapasowy: zapas check {cluster}',
  'alert.title': '{cluster}: {what}',
  'alert.title.closed': '{cluster}: po wszystkim – {what}',
  'alert.why.worsened': 'Pogorszyło się.',
  'alert.why.returned': 'Wróciło, choć wyglądało na naprawione.',
  'alert.why.reminded': 'Nadal tak jest.',
  'alert.also': 'A poza tym',
  'alert.closed.text': 'Znów w porządku od {at}. Trwało {for}.',
  'alert.held.taken': 'Zajmuje się tym {person} ({at}).',
  'alert.held.later': '{person}: odłożone do {until}.',
  'alert.footer': 'Alarm {alert}',
  'alert.evidence': 'Kto widzi {primary}',
  'field.mend': 'Do naprawy',
  'field.since': 'Od',
  'value.mend':
    '{mend, select, primary {serwer podstawowy, {host}} standby {serwer zapasowy, {host}} other {łącze do serwera {host}}}',
  'button.failover': 'Przełącz awaryjnie',
  'button.ack': 'Zajmuję się',
  'button.snooze': 'Później (1 h)',
  'button.board': 'Następna strona',
  'button.board-back': 'Poprzednia strona',
  'command.ack': 'Przejmuje alarm: nie będzie powtarzany, chyba że się pogorszy',
  'command.snooze': 'Odkłada alarm na kilka godzin',
  'option.alert': 'alarm',
  'option.hours': 'na ile godzin',
  'option.site': 'tylko ta placówka',
  'option.state': 'tylko pary w tym stanie',
  'option.page': 'strona',
  'error.alert.unknown.what': 'Nie ma alarmu {alert}.',
  'error.alert.unknown.hint': 'Alarmy są przechowywane przez kilka tygodni. Co jest nie tak teraz: zapas status',
  'error.alert.over.what': 'Alarm {alert} już minął albo ma tymczasem inną przyczynę.',
  'error.alert.over.hint': 'Najpierw obejrzyj parę: zapas status {cluster}',
  'ack.alert':
    '{verb, select, ack {Alarm {alert} jest Twój; widać to na kanale.} other {Alarm {alert} odłożony do {until}.}}',
  'board.title': 'Wszystkie pary',
  'board.title.site': 'Pary placówki {site}',
  'board.summary':
    '{total, plural, one {# para} few {# pary} many {# par} other {# pary}}: {failed, plural, =0 {} one {# wymaga reakcji teraz, } few {# wymagają reakcji teraz, } many {# wymaga reakcji teraz, } other {# wymaga reakcji teraz, }}{warning, plural, =0 {} one {# nie jest w porządku, } few {# nie są w porządku, } many {# nie jest w porządku, } other {# nie jest w porządku, }}{unknown, plural, =0 {} one {o # nic nie wiadomo, } few {o # nic nie wiadomo, } many {o # nic nie wiadomo, } other {o # nic nie wiadomo, }}{ok, number} w porządku.',
  'board.none': 'Żadna para taka nie jest.',
  'board.item': '{cluster} – {site}',
  'board.well': '{lag}{stale, select, yes {; ostatnio widziana {at}} other {}}',
  'board.unseen': 'jeszcze nie sprawdzona',
  'board.ready':
    'przełączenie awaryjne: {verdict, select, yes {uda się} limited {uda się, ale nie za darmo} no {NIE UDA SIĘ} other {nie wiadomo}}',
  'board.held': 'zajmuje się {person}',
  'board.page': 'Strona {page} z {pages}; najgorsze na początku.',
  'readiness.title':
    'Czy przełączenie awaryjne by się teraz udało? {verdict, select, yes {Tak} limited {Tak, ale nie za darmo} no {NIE} other {Nie wiadomo}} ({fine} z {all})',
  'summary.title': 'Pary dziś rano',
  'summary.well':
    '{count, plural, one {# para jest} few {Wszystkie # pary są} many {Wszystkie # par jest} other {Wszystkie # pary są}} w porządku; przełączenie awaryjne udałoby się w każdej.',
  'summary.trouble': 'Co dziś wymaga zajęcia się',
  'summary.more':
    '{count, plural, one {i jeszcze # para} few {i jeszcze # pary} many {i jeszcze # par} other {i jeszcze # pary}}: zapas status',
  'plot.lag.title':
    'Opóźnienie {cluster}, {hours, plural, one {ostatnia # godzina} few {ostatnie # godziny} many {ostatnich # godzin} other {ostatnie # godziny}}',
  'plot.lag.receive': 'do odebrania',
  'plot.lag.replay': 'do odtworzenia',
  'plot.lag.alt':
    'Opóźnienie {cluster} od {from} do {to}: teraz {now} do odtworzenia, najwięcej {most}{gaps, plural, =0 {} one {; # przerwa bez próbek} few {; # przerwy bez próbek} many {; # przerw bez próbek} other {; # przerwy bez próbek}}.',
  'plot.backup.title': 'Kopia bazy {cluster}',
  'plot.backup.alt': 'Kopia bazy {cluster}: {done} z {total} po {for}, około {rate} na sekundę.',
  'plot.backup.done': 'skopiowano',
};
