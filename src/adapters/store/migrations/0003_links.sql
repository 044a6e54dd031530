-- Accounts that people linked to themselves by a code shown on one platform and typed on another.
create table link (
  platform text not null,
  account text not null,
  person text not null,
  linked_at timestamptz not null,
  primary key (platform, account),
  constraint link_one_each unique (person, platform)
);

-- One code a person; only its hash is kept.
create table link_code (
  person text primary key,
  code_hash text not null unique,
  expires_at timestamptz not null
);
