-- The messages of the web console: what a chat service keeps for the other platforms.
create table board_message (
  id bigint primary key generated always as identity,
  channel text not null,
  key text not null,
  -- `json`, not `jsonb`, like everything that may hold what customers' hosts printed.
  card json not null,
  posted_at timestamptz not null default clock_timestamp(),
  unique (channel, key)
);
create index board_newest on board_message (channel, id);

-- What stands in their threads: a card, or a file.
create table board_thread (
  id bigint primary key generated always as identity,
  message bigint not null references board_message (id) on delete cascade,
  key text,
  card json,
  name text,
  alt text,
  content bytea,
  unique (message, key),
  check ((card is null) <> (content is null)),
  check ((content is null) = (name is null) and (content is null) = (alt is null) and (card is null) = (key is null))
);
