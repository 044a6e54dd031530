-- What the watch saw: the newest sample of each cluster in full, and one line of history for every sample.
create table watch_latest (
  cluster text primary key,
  at timestamptz not null,
  -- `json`, not `jsonb`: output of customers' hosts may hold code points that jsonb refuses (U+0000).
  doc json not null
);

create table watch_point (
  cluster text not null,
  at timestamptz not null,
  doc json not null,
  primary key (cluster, at)
);
create index watch_point_age on watch_point (at);

create table alert (
  id text primary key,
  number bigint generated always as identity,
  cluster text not null,
  subject text not null,
  state text not null check (state in ('pending', 'open', 'closed')),
  version integer not null,
  doc json not null,
  changed_at timestamptz not null default clock_timestamp()
);
-- However many workers see it: one alert of a subject at a time.
create unique index alert_one on alert (cluster, subject) where state <> 'closed';
create index alert_newest on alert (cluster, subject, number);
create index alert_changed on alert (changed_at);
