-- The messages about runs and alerts on the chat platforms: written before anything is sent, so that a restarted bot goes on with the
-- same ones.
create table delivery (
  subject text not null,
  platform text not null,
  channel text not null,
  card text not null,
  state text not null default 'wanted' check (state in ('wanted', 'shown', 'gone')),
  round integer not null default 1,
  message text,
  published_at timestamptz,
  -- The card as it was shown last. `json`, not `jsonb`, like everything that may hold what customers' hosts printed.
  shown json,
  reported boolean not null default false,
  final boolean not null default false,
  primary key (subject, platform, channel, card),
  check (state <> 'shown' or message is not null)
);
create index delivery_open on delivery (subject) where not final;
